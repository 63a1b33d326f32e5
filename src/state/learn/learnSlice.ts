import { LensError } from '../../errors.ts';
import { sentenceFor } from '../noticeSlice.ts';
import type { LensState, Slice } from '../state.ts';
import { type LessonId, lessonEntry, TOUR } from './catalogue.ts';
import { viewOfStep } from './drive.ts';
import type { GameMode } from './gameMode.ts';
import type { Lesson } from './lesson.ts';
import {
  type LearnProgress,
  progressOf,
  readProgress,
  withAnswer,
  withLesson,
  withRound,
} from './progress.ts';

/** Lessons, tour and game: which is open stands in the view, how far somebody is stands here. */
export interface LearnSlice {
  readonly progress: LearnProgress;
  /** Shows a step of a lesson on the real page; where it was left unless told. */
  startLesson(id: LessonId, step?: number): Promise<void>;
  /** To the next step or the one before; after the last one the lesson is done, and the list of lessons is shown. */
  stepLesson(by: 1 | -1): Promise<void>;
  /** What the step is about, for who has strayed from it. */
  showStep(): Promise<void>;
  /** The page stays as it is. */
  leaveLesson(): void;
  /** The question of the step in view was answered right. */
  noteAnswer(): void;
  /** A new game, with a seed nobody knows yet; it is in the address from then on. */
  playGame(mode: GameMode): void;
  noteRound(right: boolean): void;
  declineTour(): void;
}

const KEPT = 'neuronlens.learn';
const SEEDS = 1e6;

/** The lessons are some kilobytes of text: they come when the first one is opened. @throws LensError `unavailable` */
async function lessonOf(id: string): Promise<Lesson> {
  const { LESSONS } = await import('./lessons/index.ts').catch((cause: unknown) => {
    throw new LensError('unavailable', 'The lessons could not be loaded.', { cause });
  });
  const lesson = LESSONS.find((candidate) => candidate.id === id);
  if (!lesson) throw new LensError('bad-request', `There is no lesson “${id}”.`);
  return lesson;
}

export const learnSlice: Slice<LearnSlice> = (set, get, services) => {
  const keep = (progress: LearnProgress): void => {
    set({ progress });
    services.keep(KEPT, JSON.stringify(progress));
  };

  async function show(id: string, at: number): Promise<void> {
    try {
      const lesson = await lessonOf(id);
      const step = Math.max(0, Math.min(lesson.steps.length - 1, at));
      drive(viewOfStep(lesson.steps[step]!, id, step, get().view));
      keep(withLesson(get().progress, id, { at: step }));
    } catch (error) {
      get().notify('error', sentenceFor(error));
    }
  }

  function drive(view: LensState['view']): void {
    const { query } = get().view;
    set({ view, problems: [] });
    if (view.query !== query) get().submitQuery(view.query);
  }

  function finish(id: string): void {
    const progress = withLesson(get().progress, id, { at: 0, done: true });
    keep(id === TOUR.id ? { ...progress, tour: 'taken' } : progress);
    const { neuron: _, ...view } = get().view;
    set({ view: { ...view, page: 'learn', lesson: '', step: 0, game: '' } });
  }

  return {
    progress: readProgress(services.kept(KEPT)),
    async startLesson(id, step) {
      if (id === TOUR.id) keep({ ...get().progress, tour: 'taken' });
      await show(id, step ?? progressOf(get().progress, id).at);
    },
    async stepLesson(by) {
      const { lesson, step } = get().view;
      const steps = lessonEntry(lesson)?.steps;
      if (steps === undefined) return;
      if (step + by >= steps) finish(lesson);
      else if (step + by >= 0) await show(lesson, step + by);
    },
    showStep: () => show(get().view.lesson, get().view.step),
    leaveLesson: () => get().setView({ lesson: '', step: 0 }),
    noteAnswer() {
      const { lesson, step } = get().view;
      keep(withAnswer(get().progress, lesson, step));
    },
    playGame(mode) {
      const { neuron: _, ...view } = get().view;
      const game = `${mode}.${Math.floor(services.random() * SEEDS)}`;
      set({ view: { ...view, page: 'learn', lesson: '', step: 0, game } });
    },
    noteRound: (right) => keep(withRound(get().progress, right)),
    declineTour() {
      if (get().progress.tour === 'new') keep({ ...get().progress, tour: 'declined' });
    },
  };
};
