import { beforeAll, describe, expect, it } from 'vitest';
import { loadedValue } from '../../../src/state/data.ts';
import { LESSON_LIST, lessonEntry, TOUR } from '../../../src/state/learn/catalogue.ts';
import { viewOfStep } from '../../../src/state/learn/drive.ts';
import { judge } from '../../../src/state/learn/judge.ts';
import type { Lesson, Question, Step } from '../../../src/state/learn/lesson.ts';
import { LESSONS } from '../../../src/state/learn/lessons/index.ts';
import type { LensState } from '../../../src/state/state.ts';
import type { LensStore } from '../../../src/state/store.ts';
import { blocksOf, neuronsOf } from '../../../src/state/subject.ts';
import { decodeView, encodeView, fitView } from '../../../src/state/urlCodec.ts';
import { DEFAULT_VIEW } from '../../../src/state/view.ts';
import { shippedStore } from './shipped.ts';

interface Place {
  readonly lesson: Lesson;
  readonly step: Step;
  readonly at: number;
}

const STEPS: readonly Place[] = LESSONS.flatMap((lesson) =>
  lesson.steps.map((step, at) => ({ lesson, step, at })),
);
const asked = (kind: Question['kind']) =>
  STEPS.filter(({ step }) => step.question?.kind === kind).map(
    (place) => [`${place.lesson.id}, ${place.step.title}`, place] as const,
  );
/** The model answers these: test/state/learn/fool.test.ts. */
const ofModel = (place: Place) => place.lesson.id === 'fool';

let store: LensStore;
beforeAll(async () => {
  store = await shippedStore();
}, 60_000);

/** The page at a step, with all that it shows loaded. */
async function pageAt({ lesson, step, at }: Place): Promise<LensState> {
  const view = viewOfStep(step, lesson.id, at, DEFAULT_VIEW);
  store.setState({ view, off: [], texts: { status: 'idle' } });
  if (step.question?.needsTexts) await store.getState().ensureTexts();
  const places = [...(step.question?.needs ?? [])];
  if (view.neuron !== undefined) places.push({ block: view.block, neuron: view.neuron });
  await store.getState().ensureOverview(view.block);
  for (const { block, neuron } of places) {
    await store.getState().ensureOverview(block);
    await store.getState().ensureNeuron(block, neuron);
  }
  return store.getState();
}

async function open(block: number, neuron: number): Promise<LensState> {
  store.getState().openNeuron(neuron, block);
  await store.getState().ensureOverview(block);
  await store.getState().ensureNeuron(block, neuron);
  return store.getState();
}

describe('the lessons', () => {
  it('are those that the Learn page lists, with as many steps', () => {
    expect(LESSONS.map(({ id }) => id)).toEqual([TOUR.id, ...LESSON_LIST.map(({ id }) => id)]);
    for (const { id, steps } of LESSONS) expect(steps.length, id).toBe(lessonEntry(id)!.steps);
    for (const { id, steps } of LESSONS.slice(1)) {
      expect(steps.filter(({ question }) => question).length, id).toBeGreaterThanOrEqual(4);
    }
  });

  it.each(STEPS.map((place) => [`${place.lesson.id}, ${place.step.title}`, place] as const))(
    '%s: its view is an address that leads there, and exists',
    (_, { lesson, step, at }) => {
      const view = viewOfStep(step, lesson.id, at, { ...DEFAULT_VIEW, theme: 'dark', present: true });
      expect(view).toMatchObject({ lesson: lesson.id, step: at, theme: 'dark', present: true });
      expect(decodeView(encodeView(view))).toEqual({ view, problems: [] });
      const subject = loadedValue(store.getState().subject)!;
      const limits = { blocks: blocksOf(subject), neurons: neuronsOf(subject) };
      expect(fitView(view, limits).problems).toEqual([]);
      expect(Number(view.image)).toBeLessThan(subject.set.count);
    },
  );
});

describe('questions with answers to choose from', () => {
  it.each(asked('choice').filter(([, place]) => !ofModel(place)))('%s', async (_, place) => {
    const state = await pageAt(place);
    const { question } = place.step;
    if (question?.kind !== 'choice') throw new Error('another question');
    const truth = question.truth(state);
    const options = question.options(state)!;
    expect(new Set(options.map(({ id }) => id)).size).toBe(options.length);
    expect(options.map(({ id }) => id)).toContain(truth);
    for (const { id } of options) {
      const verdict = judge(question, id, state);
      expect(verdict.is, id).toBe(id === truth ? 'right' : 'wrong');
      expect(verdict.says).not.toMatch(/undefined|NaN/);
      expect(verdict.says).toBe(id === truth ? question.because(state) : question.hint);
    }
  });
});

describe('questions with a number to read off', () => {
  it.each(asked('number').filter(([, place]) => !ofModel(place)))('%s', async (_, place) => {
    const state = await pageAt(place);
    const { question } = place.step;
    if (question?.kind !== 'number') throw new Error('another question');
    const truth = question.truth(state)!;
    expect(judge(question, truth.toPrecision(3), state).is).toBe('right'); // as the page prints it
    expect(judge(question, truth.toPrecision(3).replace('.', ','), state).is).toBe('right');
    for (const other of [truth + 3 * question.tolerance, truth - 3 * question.tolerance, -truth])
      expect(judge(question, String(other), state).is).toBe('wrong');
    for (const text of ['', 'many', '1e3', '--1']) expect(judge(question, text, state).is).toBe('wrong');
    expect(question.because(state)).not.toMatch(/undefined|NaN/);
  });
});

describe('what is to be done in the app', () => {
  const question = (lesson: string, title: string) => {
    const place = STEPS.find((entry) => entry.lesson.id === lesson && entry.step.title === title)!;
    return { place, question: place.step.question! };
  };

  it('a quiet neuron is one below a tenth', async () => {
    const { place, question: quiet } = question('second-order', 'Most do little');
    expect(judge(quiet, '', await pageAt(place))).toEqual({ is: 'waiting', says: '' });
    const sizes = [...(await store.getState().ensureOverview(0))!.typicalNorm];
    expect(judge(quiet, '', await open(0, sizes.indexOf(Math.max(...sizes)))).is).toBe('wrong');
    expect(judge(quiet, '', await open(0, sizes.indexOf(Math.min(...sizes)))).is).toBe('right');
    expect(judge(quiet, '', await open(1, 0)).is).toBe('waiting');
  });

  it('a neuron of several directions is one below a half, and its list begins with such', async () => {
    const { place, question: wide } = question('one-direction', 'Find one yourself');
    const { view } = await pageAt(place);
    expect(view).toMatchObject({ sort: 'varianceShare', descending: false });
    const shares = [...(await store.getState().ensureOverview(0))!.varianceShares];
    expect(judge(wide, '', await open(0, shares.indexOf(Math.min(...shares)))).is).toBe('right');
    expect(judge(wide, '', await open(0, shares.indexOf(Math.max(...shares)))).is).toBe('wrong');
  });

  it('four words are four words', async () => {
    const { place, question: few } = question('words', 'Fewer words');
    expect(judge(few, '', await pageAt(place)).is).toBe('waiting');
    store.getState().setView({ terms: 4 });
    expect(judge(few, '', store.getState()).says).toMatch(
      /With 16 words R² is 0\.\d\d, with 4 it is 0\.\d\d/,
    );
  });

  it('a neuron of one’s own is another', async () => {
    const { place, question: own } = question('words', 'How far to trust a description');
    expect(judge(own, '', await pageAt(place)).is).toBe('waiting');
    expect(judge(own, '', await open(3, 5)).is).toBe('right');
  });

  it('the nearest neuron is the first of those like it', async () => {
    const { place, question: near } = question('polysemous', 'Others like it');
    const { view } = await pageAt(place);
    const row = (await store.getState().ensureNeuron(view.block, view.neuron!))!;
    expect(judge(near, '', store.getState()).is).toBe('waiting');
    expect(judge(near, '', await open(view.block, row.similar[1]!.neuron)).is).toBe('wrong');
    expect(judge(near, '', await open(view.block, row.similar[0]!.neuron)).is).toBe('right');
  });

  it('a neuron of two kinds is found, by looking at some', async () => {
    const { place, question: mixed } = question('polysemous', 'Find one yourself');
    expect(judge(mixed, '', await pageAt(place)).is).toBe('waiting');
    const verdicts = new Set<string>();
    for (let neuron = 0; neuron < 20; neuron++) verdicts.add(judge(mixed, '', await open(1, neuron)).is);
    expect(verdicts).toEqual(new Set(['right', 'wrong']));
  });
});
