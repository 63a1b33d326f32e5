import { findingSizes, type Question } from '../../lens/laterLook.ts';
import { sharedPart } from '../../lens/secondOrderEffects.ts';
import { type BothEnds, reachOf, SignedEnds } from '../../lens/signedEnds.ts';
import { dot } from '../../lens/vectors.ts';
import type { JobOptions } from '../../progress.ts';
import { floats, type PathRanges, type Range, rangesOf } from './streamDevice.ts';
import { CHUNK } from './streamedBlock.ts';
import { alongRangeGraph, chunkActivationsGraph, STREAM } from './streamGraphs.ts';

/** Floats of a chunk's coefficients in one range. */
const RANGE_FLOATS = 2 ** 19;

/** One block's neurons along their directions. */
export class Ends {
  readonly #question: Question;
  readonly #ends: SignedEnds;
  readonly #paths: PathRanges;
  readonly #ranges: readonly Range[];
  /** r [a, D], y [a, R], and ⟨mean, r⟩ [a] of the neurons looked along. */
  readonly #directions: Float32Array;
  readonly #along: Float32Array;
  readonly #offsets: Float32Array;
  readonly #coefficients: readonly Float32Array[];
  readonly #shared: Float32Array;
  #numbers: number[] = [];

  private constructor(
    question: Question,
    paths: PathRanges,
    found: BothEnds,
    directions: Float32Array,
    along: Float32Array,
  ) {
    const { summary, along: neurons } = question;
    const { dim, overview, detail } = summary;
    const heads = paths.paths.heads.length;
    this.#question = question;
    this.#ends = new SignedEnds(
      Array.from(neurons, (n) => reachOf(overview.maxNorm[n]!)),
      findingSizes(question).ends,
      found,
    );
    this.#paths = paths;
    this.#directions = directions;
    this.#along = along;
    this.#ranges = rangesOf(neurons.length, RANGE_FLOATS / (CHUNK * heads));
    this.#coefficients = this.#ranges.map(({ from, to }) => new Float32Array(CHUNK * (to - from) * heads));
    this.#shared = new Float32Array(CHUNK * dim);
    this.#offsets = Float32Array.from(neurons, (n) =>
      dot(detail.means, detail.directions, dim, n * dim, n * dim),
    );
  }

  /** @param found what was found before, changed in place */
  static async prepare(
    question: Question,
    paths: PathRanges,
    found: BothEnds,
    signal: JobOptions['signal'],
  ): Promise<Ends> {
    const { summary, along: neurons } = question;
    const { dim, block, detail } = summary;
    const { device, paths: own } = paths;
    const heads = own.heads.length;
    const directions = new Float32Array(neurons.length * dim);
    neurons.forEach((n, i) => {
      directions.set(detail.directions.subarray(n * dim, (n + 1) * dim), i * dim);
    });
    const along = new Float32Array(neurons.length * heads);
    for (const range of paths.ranges(0, neurons)) {
      const { from, to } = range;
      const size = to - from;
      const vectors = await paths.vectors(range, signal, neurons);
      const results = await device.run(
        `heads along directions of block ${block}`,
        () => alongRangeGraph(own),
        {
          [STREAM.vectors]: device.tensor(vectors, size, heads, dim),
          [STREAM.directions]: device.tensor(directions.subarray(from * dim, to * dim), size, dim),
        },
        signal,
      );
      along.set(floats(results, STREAM.along), from * heads);
    }
    return new Ends(question, paths, found, directions, along);
  }

  get found(): BothEnds {
    return this.#ends.found;
  }

  /** Takes one image of a chunk: ĉ [N, R] from `at`, of all neurons. */
  take(number: number, trace: Parameters<typeof sharedPart>[1], scaled: Float32Array, at: number): void {
    const { along: neurons, summary } = this.#question;
    const heads = this.#paths.paths.heads.length;
    const b = this.#numbers.length;
    const all = neurons.length === summary.neurons;
    this.#ranges.forEach(({ from, to }, i) => {
      const rows = this.#coefficients[i]!;
      const start = b * (to - from) * heads;
      if (all) rows.set(scaled.subarray(at + from * heads, at + to * heads), start);
      for (let j = from; j < to && !all; j++) {
        const own = at + neurons[j]! * heads;
        rows.set(scaled.subarray(own, own + heads), start + (j - from) * heads);
      }
    });
    this.#shared.set(sharedPart(this.#paths.paths.shared, trace), b * summary.dim);
    this.#numbers.push(number);
  }

  async measure(signal: JobOptions['signal']): Promise<void> {
    const numbers = this.#numbers;
    this.#numbers = [];
    if (numbers.length === 0) return;
    const { device, paths } = this.#paths;
    const { dim, block } = paths;
    const heads = paths.heads.length;
    const shared = device.tensor(this.#shared.subarray(0, numbers.length * dim), numbers.length, dim);
    for (const [i, { from, to }] of this.#ranges.entries()) {
      const size = to - from;
      const coefficients = this.#coefficients[i]!.subarray(0, numbers.length * size * heads);
      const results = await device.run(
        `activations of a chunk of block ${block}`,
        () => chunkActivationsGraph(paths),
        {
          [STREAM.coefficients]: device.tensor(coefficients, numbers.length, size, heads),
          [STREAM.along]: device.tensor(this.#along.subarray(from * heads, to * heads), size, heads, 1),
          [STREAM.shared]: shared,
          [STREAM.directions]: device.tensor(this.#directions.subarray(from * dim, to * dim), size, dim),
          [STREAM.offsets]: device.tensor(this.#offsets.subarray(from, to), size, 1),
        },
        signal,
      );
      this.#ends.take(numbers, from, to, floats(results, STREAM.activations));
    }
  }
}
