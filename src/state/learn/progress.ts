import { z } from 'zod';

const WHOLE = z.number().int().min(0).max(1e9);

const schema = z.object({
  lessons: z.record(
    z.string().max(40),
    z.object({ at: WHOLE, answered: z.array(WHOLE).max(100), done: z.boolean() }),
  ),
  tour: z.enum(['new', 'declined', 'taken']),
  game: z.object({ played: WHOLE, right: WHOLE, streak: WHOLE, best: WHOLE }),
});

/** How far somebody is. */
export type LearnProgress = z.infer<typeof schema>;
export type LessonProgress = LearnProgress['lessons'][string];

export const NO_PROGRESS: LearnProgress = {
  lessons: {},
  tour: 'new',
  game: { played: 0, right: 0, streak: 0, best: 0 },
};
const NOT_BEGUN: LessonProgress = { at: 0, answered: [], done: false };

export const progressOf = (progress: LearnProgress, lesson: string): LessonProgress =>
  progress.lessons[lesson] ?? NOT_BEGUN;

/** What was kept on an earlier visit; what is not of this form counts as a first visit. */
export function readProgress(text: string | undefined): LearnProgress {
  if (text === undefined || text.length > 10_000) return NO_PROGRESS;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return NO_PROGRESS;
  }
}

export function withLesson(
  progress: LearnProgress,
  lesson: string,
  patch: Partial<LessonProgress>,
): LearnProgress {
  const lessons = { ...progress.lessons, [lesson]: { ...progressOf(progress, lesson), ...patch } };
  return { ...progress, lessons };
}

export function withAnswer(progress: LearnProgress, lesson: string, step: number): LearnProgress {
  const { answered } = progressOf(progress, lesson);
  return answered.includes(step) ? progress : withLesson(progress, lesson, { answered: [...answered, step] });
}

export function withRound(progress: LearnProgress, right: boolean): LearnProgress {
  const { game } = progress;
  const streak = right ? game.streak + 1 : 0;
  return {
    ...progress,
    game: {
      played: game.played + 1,
      right: game.right + Number(right),
      streak,
      best: Math.max(game.best, streak),
    },
  };
}
