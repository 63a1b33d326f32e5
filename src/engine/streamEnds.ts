import { OUTPUTS } from '../clip/trace.ts';
import { LensError } from '../errors.ts';
import type { BlockSummary } from '../lens/blockSummary.ts';
import { sharedPart } from '../lens/secondOrderEffects.ts';
import { SignedEnds } from '../lens/signedEnds.ts';
import { dot } from '../lens/vectors.ts';
import type { JobOptions } from '../progress.ts';
import type { LookInputs } from './lookAgain.ts';
import { chunksOf, throughTower } from './streamBlocks.ts';
import { floats, type PathRanges, type Range, rangesOf } from './streamDevice.ts';
import { CHUNK } from './streamedBlock.ts';
import { alongRangeGraph, chunkActivationsGraph, STREAM } from './streamGraphs.ts';
import type { StreamSource } from './streaming.ts';

/** Floats of a chunk's coefficients in one range. */
const RANGE_FLOATS = 2 ** 19;

/** Summaries whose ends and histograms are of all images: see `StreamingEngine.ends`. */
export async function streamEnds(
  inputs: LookInputs,
  source: StreamSource,
  summaries: readonly BlockSummary[],
  { signal, onProgress }: JobOptions,
): Promise<BlockSummary[]> {
  const looking = summaries.filter(({ looked }) => looked !== 'all');
  if (looking.length === 0) return [...summaries];
  const ends: Ends[] = [];
  for (const summary of looking)
    ends.push(await Ends.prepare(summary, await inputs.paths(summary.block), signal));
  const blocks = looking.map(({ block }) => block);
  const stage = 'Both ends of every neuron, over all pictures';
  for await (const { batch, from, size } of chunksOf(source, 0, signal)) {
    await throughTower(inputs.tower, batch, blocks, signal, (number, trace, i, results) => {
      for (const one of ends) {
        const scaled = results[OUTPUTS.scaledCoefficients(one.block)]!.data as Float32Array;
        one.take(number, trace(one.block), scaled, i);
      }
    });
    for (const one of ends) await one.measure(signal);
    onProgress?.({ stage, done: from + size, total: source.count });
  }
  const done = new Map(ends.map((one) => [one.block, one.summary()]));
  return summaries.map((summary) => done.get(summary.block) ?? summary);
}

/** One block's neurons along their directions. */
class Ends {
  readonly block: number;
  readonly #summary: BlockSummary;
  readonly #ends: SignedEnds;
  readonly #paths: PathRanges;
  readonly #ranges: readonly Range[];
  /** y [N, R], and ⟨mean, r⟩ [N]. */
  readonly #along: Float32Array;
  readonly #offsets: Float32Array;
  readonly #coefficients: readonly Float32Array[];
  readonly #shared: Float32Array;
  #numbers: number[] = [];

  private constructor(summary: BlockSummary, paths: PathRanges, along: Float32Array) {
    const { neurons, dim, laterHeads, detail } = summary;
    this.block = summary.block;
    this.#summary = summary;
    this.#ends = new SignedEnds(summary);
    this.#paths = paths;
    this.#along = along;
    this.#ranges = rangesOf(neurons, RANGE_FLOATS / (CHUNK * laterHeads.length));
    this.#coefficients = this.#ranges.map(
      ({ from, to }) => new Float32Array(CHUNK * (to - from) * laterHeads.length),
    );
    this.#shared = new Float32Array(CHUNK * dim);
    this.#offsets = Float32Array.from({ length: neurons }, (_, n) =>
      dot(detail.means, detail.directions, dim, n * dim, n * dim),
    );
  }

  /** @throws LensError `bad-request` for a summary of another model */
  static async prepare(
    summary: BlockSummary,
    paths: PathRanges,
    signal: JobOptions['signal'],
  ): Promise<Ends> {
    const { neurons, dim, laterHeads, detail, block } = summary;
    const { device } = paths;
    const heads = laterHeads.length;
    const own = paths.paths;
    if (own.neurons !== neurons || own.dim !== dim || own.heads.length !== heads) {
      throw new LensError('bad-request', `The analysis of block ${block} belongs to another model.`);
    }
    const along = new Float32Array(neurons * heads);
    for (const range of paths.ranges(0)) {
      const { from, to } = range;
      const size = to - from;
      const vectors = await paths.vectors(range, signal);
      const directions = detail.directions.subarray(from * dim, to * dim);
      const results = await device.run(
        `heads along directions of block ${block}`,
        () => alongRangeGraph(own),
        {
          [STREAM.vectors]: device.tensor(vectors, size, heads, dim),
          [STREAM.directions]: device.tensor(directions, size, dim),
        },
        signal,
      );
      along.set(floats(results, STREAM.along), from * heads);
    }
    return new Ends(summary, paths, along);
  }

  /** Takes one image of a chunk, the `index`-th of a batch whose ĉ [B, N, R] are given. */
  take(number: number, trace: Parameters<typeof sharedPart>[1], scaled: Float32Array, index: number): void {
    const { neurons, dim, laterHeads } = this.#summary;
    const heads = laterHeads.length;
    const b = this.#numbers.length;
    const start = index * neurons * heads;
    this.#ranges.forEach(({ from, to }, i) => {
      const row = scaled.subarray(start + from * heads, start + to * heads);
      this.#coefficients[i]!.set(row, b * row.length);
    });
    this.#shared.set(sharedPart(this.#paths.paths.shared, trace), b * dim);
    this.#numbers.push(number);
  }

  async measure(signal: JobOptions['signal']): Promise<void> {
    const numbers = this.#numbers;
    this.#numbers = [];
    if (numbers.length === 0) return;
    const { dim, laterHeads, detail } = this.#summary;
    const heads = laterHeads.length;
    const { device, paths } = this.#paths;
    const shared = device.tensor(this.#shared.subarray(0, numbers.length * dim), numbers.length, dim);
    for (const [i, { from, to }] of this.#ranges.entries()) {
      const size = to - from;
      const coefficients = this.#coefficients[i]!.subarray(0, numbers.length * size * heads);
      const directions = detail.directions.subarray(from * dim, to * dim);
      const results = await device.run(
        `activations of a chunk of block ${this.block}`,
        () => chunkActivationsGraph(paths),
        {
          [STREAM.coefficients]: device.tensor(coefficients, numbers.length, size, heads),
          [STREAM.along]: device.tensor(this.#along.subarray(from * heads, to * heads), size, heads, 1),
          [STREAM.shared]: shared,
          [STREAM.directions]: device.tensor(directions, size, dim),
          [STREAM.offsets]: device.tensor(this.#offsets.subarray(from, to), size, 1),
        },
        signal,
      );
      this.#ends.take(numbers, from, to, floats(results, STREAM.activations));
    }
  }

  summary(): BlockSummary {
    return this.#ends.summary();
  }
}
