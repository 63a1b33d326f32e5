import { describe, expect, it, vi } from 'vitest';
import { browserStorage } from '../../../src/state/browserServices.ts';
import { bindHistory } from '../../../src/state/history.ts';
import { hasStrayed } from '../../../src/state/learn/drive.ts';
import { judge, numberOf } from '../../../src/state/learn/judge.ts';
import { LESSONS } from '../../../src/state/learn/lessons/index.ts';
import { NO_PROGRESS, progressOf, readProgress } from '../../../src/state/learn/progress.ts';
import { openedStore } from '../fakes.ts';

/** A drawer that several visits share. */
const drawer = () => {
  const kept = new Map<string, string>();
  return {
    kept: (name: string) => kept.get(name),
    keep: (name: string, text: string) => {
      kept.set(name, text);
      return true;
    },
  };
};

describe('taking a lesson', () => {
  it('shows its steps on the real page, keeps what is the person’s, and ends on the Learn page', async () => {
    const store = await openedStore();
    store.getState().setView({ theme: 'dark', present: true, terms: 64 });
    await store.getState().startLesson('words');
    const { steps } = LESSONS.find(({ id }) => id === 'words')!;
    expect(store.getState().view).toMatchObject({
      ...steps[0]!.view,
      lesson: 'words',
      step: 0,
      theme: 'dark',
      present: true,
    });
    await store.getState().stepLesson(-1);
    expect(store.getState().view.step).toBe(0);
    for (let at = 1; at < steps.length; at++) await store.getState().stepLesson(1);
    expect(store.getState().view.step).toBe(steps.length - 1);
    await store.getState().stepLesson(1);
    expect(store.getState().view).toMatchObject({ page: 'learn', lesson: '', step: 0, present: true });
    expect(store.getState().view.neuron).toBeUndefined();
    expect(progressOf(store.getState().progress, 'words')).toMatchObject({ done: true, at: 0 });
  });

  it('is gone on with where it was left, on another visit too', async () => {
    const kept = drawer();
    const first = await openedStore({}, kept);
    await first.getState().startLesson('fool', 2);
    first.getState().noteAnswer();
    first.getState().leaveLesson();
    expect(first.getState().view).toMatchObject({ page: 'image', lesson: '' });
    const second = await openedStore({}, kept);
    await second.getState().startLesson('fool');
    expect(second.getState().view).toMatchObject({ lesson: 'fool', step: 2 });
    expect(progressOf(second.getState().progress, 'fool').answered).toEqual([2]);
  });

  it('knows who has strayed from what a step is about', async () => {
    const store = await openedStore();
    await store.getState().startLesson('second-order', 1);
    const step = LESSONS[1]!.steps[1]!;
    expect(hasStrayed(step, store.getState().view)).toBe(false);
    store.getState().setView({ terms: 4, image: '7' });
    expect(hasStrayed(step, store.getState().view)).toBe(false);
    store.getState().openNeuron(3);
    expect(hasStrayed(step, store.getState().view)).toBe(true);
    await store.getState().showStep();
    expect(hasStrayed(step, store.getState().view)).toBe(false);
  });

  it('that does not exist says so and changes nothing', async () => {
    const store = await openedStore();
    const { view } = store.getState();
    await store.getState().startLesson('no-such-lesson' as 'fool');
    expect(store.getState().view).toBe(view);
    expect(store.getState().notices[0]?.text).toMatch('There is no lesson “no-such-lesson”');
  });
});

describe('the way back', () => {
  it('leads from step to step, and not to the short link that a lesson began with', async () => {
    vi.useFakeTimers();
    const visited = ['#/learn?lesson=words'];
    const store = await openedStore();
    bindHistory(store, {
      hash: () => visited.at(-1)!,
      push: (hash) => void visited.push(hash),
      replace: (hash) => void visited.splice(-1, 1, hash),
      listen: () => undefined,
    });
    await store.getState().showStep();
    vi.runAllTimers();
    await store.getState().stepLesson(1);
    vi.useRealTimers();
    expect(visited).toHaveLength(2);
    expect(visited[0]).toMatch(/lesson=words$/);
    expect(visited[0]).not.toMatch('learn');
    expect(visited[1]).toMatch(/lesson=words&step=1$/);
  });
});

describe('what is kept', () => {
  it('the tour is offered until somebody answered, and a declined one stays declined', async () => {
    const kept = drawer();
    const store = await openedStore({}, kept);
    expect(store.getState().progress.tour).toBe('new');
    store.getState().declineTour();
    expect((await openedStore({}, kept)).getState().progress.tour).toBe('declined');
    await store.getState().startLesson('tour', 0);
    store.getState().declineTour(); // by walking on
    expect(store.getState().progress.tour).toBe('taken');
  });

  it('the game counts rounds and streaks', async () => {
    const store = await openedStore();
    for (const right of [true, true, false, true]) store.getState().noteRound(right);
    expect(store.getState().progress.game).toEqual({ played: 4, right: 3, streak: 1, best: 2 });
    store.getState().playGame('pictures');
    expect(store.getState().view).toMatchObject({ page: 'learn', game: 'pictures.500000' });
  });

  it.each(['', 'no json', '{}', '[]', JSON.stringify({ ...NO_PROGRESS, tour: 'maybe' }), '1'.repeat(20_000)])(
    'something else under its name is a first visit: %.20s',
    (text) => expect(readProgress(text)).toEqual(NO_PROGRESS),
  );

  it('where storage is barred, for the visit', () => {
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new Error('barred');
      },
      setItem: () => {
        throw new Error('barred');
      },
    });
    const storage = browserStorage();
    storage.keep('a', 'b');
    expect(storage.kept('a')).toBe('b');
    expect(storage.kept('c')).toBeUndefined();
    vi.unstubAllGlobals();
  });
});

describe('an answer', () => {
  it('may be written as people write numbers', () => {
    expect(['12.5', ' 12,5 ', '12.5 %', '−12.5', '.5', '3.'].map(numberOf)).toEqual([
      12.5, 12.5, 12.5, -12.5, 0.5, 3,
    ]);
    expect(['', 'x', '1e3', '1.2.3', 'NaN', '0x10'].map(numberOf)).toEqual(Array(6).fill(undefined));
  });

  it('waits for data that are not there', async () => {
    const store = await openedStore();
    const question = LESSONS[1]!.steps[1]!.question!;
    expect(judge(question, 'food, fruit', store.getState())).toMatchObject({ is: 'waiting' });
  });
});
