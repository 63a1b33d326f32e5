import type { ComponentType } from 'react';
import type { Page } from '../../state/index.ts';
import { BlockPage } from '../block/BlockPage.tsx';
import { room } from './room.tsx';

/** What most people open next. */
export const NEURON_ROOM = room(async () => (await import('../neuron/NeuronPage.tsx')).NeuronPage);

/** What is shown for each page; all but the first screen load when they are asked for. */
export const PAGE_ROOMS: Readonly<Partial<Record<Page, ComponentType>>> = {
  block: BlockPage,
  neuron: NEURON_ROOM.View,
  image: room(async () => (await import('../image/ImagePage.tsx')).ImagePage).View,
  own: room(async () => (await import('../own/OwnPage.tsx')).OwnPage).View,
  experiments: room(async () => (await import('../experiments/ExperimentsPage.tsx')).ExperimentsPage).View,
  compare: room(async () => (await import('../compare/ComparePage.tsx')).ComparePage).View,
  pins: room(async () => (await import('../pins/PinsPage.tsx')).PinsPage).View,
  learn: room(async () => (await import('../learn/LearnPage.tsx')).LearnPage).View,
  models: room(async () => (await import('../models/ModelsPage.tsx')).ModelsPage).View,
  about: room(async () => (await import('../about/AboutPage.tsx')).AboutPage).View,
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
