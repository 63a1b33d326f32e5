import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseBlockInPlainLoops } from '../../src/lens/analyseBlock.ts';
import type { BlockAnalysis } from '../../src/lens/analysis.ts';
import type { BlockState } from '../../src/lens/blockState.ts';
import { meanOf } from '../../src/lens/blockState.ts';
import { topOf, uncertifiedNeurons } from '../../src/lens/certificate.ts';
import { blockPaths, pathVectors } from '../../src/lens/paths.ts';
import { renumbered } from '../../src/lens/renumber.ts';
import { effect, type ImageTrace } from '../../src/lens/secondOrderEffects.ts';
import { spreadOrder } from '../../src/lens/spreadOrder.ts';
import { decodeState, encodeState } from '../../src/lens/stateFile.ts';
import { relativeError } from '../support/close.ts';
import { towerLens } from './oracle.ts';
import { type PlainImage, PlainStream, plainImage } from './plainStream.ts';
import { normals, randomTower } from './random.ts';

const paths = blockPaths(towerLens(randomTower(1)), 1);
const { neurons: N, dim: D } = paths;
const R = paths.heads.length;

/** Effects of `classes` clusters, of sizes from tiny to huge; e varies as much as the effects do. */
function traces(seed: number, count: number, classes: number): ImageTrace[] {
  const next = normals(seed);
  const centres = Array.from({ length: classes }, () => Float64Array.from({ length: R * N }, next));
  return Array.from({ length: count }, (_, i) => {
    const centre = centres[Math.floor((i * classes) / count)]!; // sorted by class
    const size = Math.exp(next());
    const numbers = (length: number) => Float32Array.from({ length }, () => 3 * next());
    return {
      coefficients: Float32Array.from(centre, (c) => 2 * c + size * next()),
      embedding: Float32Array.from({ length: D }, () => 2 + next()),
      finalMean: next(),
      finalInvStd: 0.5 + Math.abs(next()),
      attentionOverStd: numbers(R),
      attentionMeanOverStd: numbers(R),
    };
  });
}

type Order = 'by class' | 'small first' | 'large first' | 'spread' | 'alternating';

interface Case {
  seed: number;
  count: number;
  classes: number;
  order: Order;
  twins: number;
  topK: number;
  spare: number;
  chunk: number;
}

const cases = fc
  .record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    count: fc.integer({ min: 1, max: 70 }),
    classes: fc.integer({ min: 1, max: 5 }),
    order: fc.constantFrom<Order>('by class', 'small first', 'large first', 'spread', 'alternating'),
    twins: fc.integer({ min: 1, max: 30 }),
    topK: fc.integer({ min: 1, max: 8 }),
    spare: fc.integer({ min: 0, max: 6 }),
    chunk: fc.integer({ min: 1, max: 12 }),
  })
  .map((one): Case => ({ ...one, topK: Math.min(one.topK, one.count) }));

/** The images of a case, numbered as they come, and the oracle's analysis of them in that order. */
function make({ seed, count, classes, order, twins, topK }: Case) {
  let list = traces(seed, count, classes);
  // Every `twins`-th image is the same picture again: ties, and at 1 a set of one picture alone.
  list = list.map((trace, i) => (i % twins === 0 ? list[0]! : trace));
  const options = { block: paths.block, topK, listed: 1 };
  const strength = (i: number, analysis: BlockAnalysis) =>
    analysis.norms.subarray(i * N, (i + 1) * N).reduce((sum, x) => sum + x, 0);
  if (order === 'small first' || order === 'large first') {
    const first = analyseBlockInPlainLoops(paths, list, options);
    const ranked = list.map((_, i) => i).sort((i, j) => strength(i, first) - strength(j, first));
    if (order === 'large first') ranked.reverse();
    list = ranked.map((i) => list[i]!);
  }
  if (order === 'spread') list = Array.from(spreadOrder(count), (i) => list[i]!);
  if (order === 'alternating')
    list = list.map((_, i) => list[i % 2 === 0 ? i >> 1 : list.length - 1 - (i >> 1)]!);
  const images = list.map((trace, i) => plainImage(paths, trace, i));
  return { images, oracle: analyseBlockInPlainLoops(paths, list, options) };
}

/** Norms nearer than this, but not equal, may change places: float32 against float64. */
const NEAR = 1e-6;

/** The neuron's top set is the oracle's, in its order. */
function expectTop(state: BlockState, oracle: BlockAnalysis, n: number, k: number): void {
  const { places, threshold } = topOf(state, n, k);
  const found = Array.from(places, (place) => state.candidates.images[n * state.kept + place]!);
  const truth = Array.from(oracle.topImages.subarray(n * k, (n + 1) * k));
  const norm = (image: number) => oracle.norms[image * N + n]!;
  const scale = Math.max(...truth.map(norm), 1e-3);
  expect(Math.abs(threshold - oracle.thresholds[n]!)).toBeLessThan(1e-5 * scale);
  found.forEach((image, i) => {
    const gap = Math.abs(norm(image) - norm(truth[i]!));
    if (gap === 0 && spread(oracle, n) > NEAR) expect([n, image]).toEqual([n, truth[i]!]);
    else expect(gap).toBeLessThan(NEAR * scale);
  });
}

/** Largest norm of a neuron: 0 but for rounding where all images are one picture, and then nothing ranks them. */
const spread = (oracle: BlockAnalysis, n: number): number =>
  oracle.norms.reduce((most, x, i) => (i % N === n ? Math.max(most, x) : most), 0);

/** @param leftOut what distances left out of e: the root mean square cannot be farther off */
function expectMoments(state: BlockState, oracle: BlockAnalysis, leftOut: number): void {
  const mean = meanOf(state);
  const effects = Array.from({ length: N }, (_, n) =>
    effect(mean.coefficients.subarray(n * R, (n + 1) * R), pathVectors(paths, n, n + 1), mean.shared),
  );
  expect(
    relativeError(
      effects.flatMap((x) => [...x]),
      oracle.means,
    ),
  ).toBeLessThan(1e-5);
  const most = Math.max(...oracle.norms, 1e-3);
  for (let n = 0; n < N; n++) {
    const squares = oracle.norms.reduce((sum, x, i) => (i % N === n ? sum + x * x : sum), 0);
    const typical = Math.sqrt(squares / state.images);
    expect(Math.abs(Math.sqrt(state.squares[n]! / state.images) - typical)).toBeLessThan(
      1e-5 * most + leftOut,
    );
  }
}
const sure = (state: BlockState, k: number): number[] => {
  const unsure = new Set(uncertifiedNeurons(state, k));
  return Array.from({ length: N }, (_, n) => n).filter((n) => !unsure.has(n));
};

/** A random tree of merges over random parts. */
function inParts(
  stream: PlainStream,
  images: readonly PlainImage[],
  chunk: number,
  cuts: number[],
): BlockState {
  const parts: PlainImage[][] = [[], [], [], []];
  images.forEach((image, i) => {
    parts[cuts[i % cuts.length]! % 4]!.push(image);
  });
  let states = parts.filter((part) => part.length > 0).map((part) => stream.run(part, chunk));
  for (let turn = 0; states.length > 1; turn++) {
    const [a, b] = [states[cuts[turn % cuts.length]! % states.length]!, states[0]!];
    const other = a === b ? states[1]! : b;
    states = [stream.merge(a, other), ...states.filter((state) => state !== a && state !== other)];
  }
  return states[0]!;
}

describe('a state of a sweep', () => {
  it('knows the top sets it is certain of, whatever the order; the others after a second look', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { images, oracle } = make(one);
        const stream = new PlainStream(paths, one.topK + one.spare);
        const state = stream.run(images, one.chunk);
        for (const n of sure(state, one.topK)) expectTop(state, oracle, n, one.topK);
        expectMoments(state, oracle, stream.leftOut);
        const again = stream.lookAgain(state, images, one.topK, one.chunk);
        expect(uncertifiedNeurons(again, one.topK)).toHaveLength(0);
        for (let n = 0; n < N; n++) expectTop(again, oracle, n, one.topK);
      }),
      { numRuns: 150 },
    );
  });

  it('is the same merged from any parts in any tree', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(cases, cuts, (one, where) => {
        const { images, oracle } = make(one);
        const stream = new PlainStream(paths, one.topK + one.spare);
        const state = inParts(stream, images, one.chunk, where);
        expect(state.images).toBe(images.length);
        for (const n of sure(state, one.topK)) expectTop(state, oracle, n, one.topK);
        expectMoments(state, oracle, stream.leftOut);
        const again = stream.lookAgain(state, images, one.topK, one.chunk, 1 + (where.length % 4));
        for (let n = 0; n < N; n++) expectTop(again, oracle, n, one.topK);
      }),
      { numRuns: 150 },
    );
  });

  it('goes on from its bytes after any chunk, and ends in the same bytes', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { images } = make(one);
        const stream = new PlainStream(paths, one.topK + one.spare);
        const whole = encodeState(stream.run(images, one.chunk));
        const stopped = stream.run(images, one.chunk, (state) => decodeState(encodeState(state)));
        expect(Buffer.compare(encodeState(stopped), whole)).toBe(0);
        expect(Buffer.compare(encodeState(decodeState(whole)), whole)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is certain of most of its top sets where images come mixed and spares are kept', () => {
    const { images } = make({
      ...{ seed: 3, count: 600, classes: 4, order: 'spread', twins: 1000 },
      ...{ topK: 12, spare: 24, chunk: 16 },
    });
    const state = new PlainStream(paths, 36).run(images, 16);
    expect(sure(state, 12).length).toBeGreaterThan(N / 2);
  });
});

describe('the certificate', () => {
  const one: Case = {
    ...{ seed: 11, count: 60, classes: 5, order: 'by class', twins: 40 },
    ...{ topK: 4, spare: 2, chunk: 4 },
  };

  /** Neurons whose top set is wrong although it is said to be certain. */
  function lies(change: (state: BlockState) => void, forgetful = false): number {
    let wrong = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const { images, oracle } = make({ ...one, seed });
      const state = new PlainStream(paths, one.topK + one.spare, forgetful).run(images, one.chunk);
      change(state);
      for (const n of sure(state, one.topK)) {
        const { places } = topOf(state, n, one.topK);
        const found = Array.from(places, (place) => state.candidates.images[n * state.kept + place]!);
        const truth = oracle.topImages.subarray(n * one.topK, (n + 1) * one.topK);
        if (found.some((image) => !truth.includes(image))) wrong++;
      }
    }
    return wrong;
  }

  it('never lies, and would if it forgot what was let go', () => {
    expect(lies(() => {})).toBe(0);
    expect(lies(({ dropped }) => dropped.fill(Number.NEGATIVE_INFINITY))).toBeGreaterThan(0);
  });

  it('would if it forgot how far the pivot has moved', () => {
    expect(lies(() => {}, true)).toBeGreaterThan(0);
  });
});

describe('a state file', () => {
  const { images } = make({
    ...{ seed: 5, count: 30, classes: 2, order: 'by class', twins: 50 },
    ...{ topK: 3, spare: 2, chunk: 8 },
  });
  const state = new PlainStream(paths, 5).run(images, 8);
  const bytes = encodeState(state);

  it('that is damaged is refused, or is a state', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const broken = Uint8Array.from(bytes);
        broken[at] = broken[at]! ^ change;
        let read: BlockState;
        try {
          read = decodeState(broken);
        } catch (error) {
          expect(error).toMatchObject({ tag: 'bad-file' });
          return;
        }
        expect(read.sums).toHaveLength(read.neurons * read.heads);
        for (const image of read.candidates.images.subarray(0, read.candidates.counts[0]))
          expect(read.candidates.shared.has(image)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('that ends early is refused', () => {
    for (const length of [0, 7, 8, 100, bytes.length - 1]) {
      expect(() => decodeState(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ tag: 'bad-file' }),
      );
    }
  });
});

it('renumbering keeps the order or is refused', () => {
  const { images } = make({
    ...{ seed: 6, count: 9, classes: 2, order: 'by class', twins: 50 },
    ...{ topK: 2, spare: 1, chunk: 4 },
  });
  const state = new PlainStream(paths, 9).run(images, 4);
  const twice = renumbered(state, (image) => 2 * image);
  expect(Array.from(twice.candidates.images.subarray(0, 9)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 9 }, (_, i) => 2 * i),
  );
  expect(() => renumbered(state, (image) => -image)).toThrow(/order/);
  expect(() => renumbered(state, () => 1)).toThrow(/order/);
});

it('a spread order meets every number once', () => {
  for (const count of [0, 1, 2, 3, 10, 97, 1000]) {
    expect(new Set(spreadOrder(count)).size).toBe(count);
  }
});
