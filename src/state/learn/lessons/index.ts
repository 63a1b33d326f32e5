import type { Lesson } from '../lesson.ts';
import { fool } from './fool.ts';
import { oneDirection } from './oneDirection.ts';
import { polysemous } from './polysemous.ts';
import { secondOrder } from './secondOrder.ts';
import { tour } from './tour.ts';
import { words } from './words.ts';

/** All that can be taken, the tour first. */
export const LESSONS: readonly Lesson[] = [tour, secondOrder, oneDirection, words, polysemous, fool];
