import { type ComponentType, lazy } from 'react';
import type { Page } from '../../state/index.ts';
import { BlockPage } from '../block/BlockPage.tsx';

/** What is shown for each page; all but the first screen load when they are asked for. */
export const PAGE_ROOMS: Readonly<Partial<Record<Page, ComponentType>>> = {
  block: BlockPage,
  neuron: lazy(() => import('../neuron/NeuronPage.tsx').then((room) => ({ default: room.NeuronPage }))),
  image: lazy(() => import('../image/ImagePage.tsx').then((room) => ({ default: room.ImagePage }))),
  own: lazy(() => import('../own/OwnPage.tsx').then((room) => ({ default: room.OwnPage }))),
  experiments: lazy(() =>
    import('../experiments/ExperimentsPage.tsx').then((room) => ({ default: room.ExperimentsPage })),
  ),
  compare: lazy(() => import('../compare/ComparePage.tsx').then((room) => ({ default: room.ComparePage }))),
  pins: lazy(() => import('../pins/PinsPage.tsx').then((room) => ({ default: room.PinsPage }))),
  learn: lazy(() => import('../learn/LearnPage.tsx').then((room) => ({ default: room.LearnPage }))),
  models: lazy(() => import('../models/ModelsPage.tsx').then((room) => ({ default: room.ModelsPage }))),
  about: lazy(() => import('../about/AboutPage.tsx').then((room) => ({ default: room.AboutPage }))),
};

/** What the window is called on pages that are not about one block or neuron. */
export const PAGE_TITLES: Readonly<Partial<Record<Page, string>>> = {
  own: 'Own pictures',
  image: 'A picture taken apart',
  experiments: 'Experiments',
  compare: 'Neurons side by side',
  pins: 'Pinned neurons',
  learn: 'Learn',
  models: 'Models',
  about: 'About',
};
