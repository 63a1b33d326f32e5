import { lessonEntry } from '../learn/catalogue.ts';
import type { LensState } from '../state.ts';
import { type Action, hasSubject } from './action.ts';

const inLesson = ({ view }: LensState): boolean => lessonEntry(view.lesson) !== undefined;

/** Lessons, tour and game. */
export const LEARN: readonly Action[] = [
  {
    id: 'tour',
    label: 'Take the tour of the page',
    group: 'Learn',
    keys: ['T'],
    words: 'guide introduction help begin first',
    enabled: (state) => hasSubject(state) && state.view.lesson === '',
    perform: (state) => void state.startLesson('tour', 0),
  },
  {
    id: 'lesson-next',
    label: 'Next step of the lesson',
    group: 'Learn',
    keys: [']'],
    enabled: inLesson,
    perform: (state) => void state.stepLesson(1),
  },
  {
    id: 'lesson-back',
    label: 'The step of the lesson before',
    group: 'Learn',
    keys: ['['],
    enabled: (state) => inLesson(state) && state.view.step > 0,
    perform: (state) => void state.stepLesson(-1),
  },
  {
    id: 'lesson-again',
    label: 'Show what the step of the lesson is about again',
    group: 'Learn',
    keys: ['.'],
    enabled: inLesson,
    perform: (state) => void state.showStep(),
  },
  {
    id: 'leave-lesson',
    label: 'Leave the lesson',
    group: 'Learn',
    keys: ['q'],
    words: 'close quit end',
    enabled: inLesson,
    perform: (state) => state.leaveLesson(),
  },
  {
    id: 'game',
    label: 'Guess the neuron: a game',
    group: 'Learn',
    keys: ['g'],
    words: 'play quiz words pictures',
    enabled: (state) => hasSubject(state) && state.view.game === '',
    perform: (state) => state.playGame('words'),
  },
];
