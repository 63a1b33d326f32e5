import type { SharedImage } from '../../lens/blockSweep.ts';
import { findingSizes, type Question } from '../../lens/laterLook.ts';
import { SecondLook, type Strongest } from '../../lens/secondLook.ts';
import { sharedOf, sharedParts } from '../../lens/sharedParts.ts';
import type { JobOptions } from '../../progress.ts';
import { floats, type PathRanges, type Range } from './streamDevice.ts';
import { exactNormsGraph, STREAM } from './streamGraphs.ts';

/** Most bytes of one block's U that are kept between chunks. */
const KEPT_BYTES = 256 * 2 ** 20;

/** One block's neurons whose top sets are not proven, looked at again. */
export class Look {
  readonly #question: Question;
  readonly #look: SecondLook;
  readonly #paths: PathRanges;
  readonly #kept = new Map<number, Float32Array>();
  #chunk: { image: SharedImage; scaled: Float32Array }[] = [];

  /** @param found what was found before, changed in place */
  constructor(question: Question, paths: PathRanges, found: Strongest) {
    this.#question = question;
    this.#look = new SecondLook(findingSizes(question).strongest, found);
    this.#paths = paths;
  }

  get found(): Strongest {
    return this.#look.found;
  }

  /** @param scaled ĉ [N, R] of the image from `at`, of all neurons */
  take(number: number, trace: Parameters<typeof sharedParts>[0], scaled: Float32Array, at: number): void {
    const { unproven } = this.#question;
    const heads = this.#paths.paths.heads.length;
    const parts = sharedParts(trace);
    const own = new Float32Array(unproven.length * heads);
    unproven.forEach((n, i) => {
      own.set(scaled.subarray(at + n * heads, at + (n + 1) * heads), i * heads);
    });
    const shared = sharedOf(this.#paths.paths.shared, parts);
    this.#chunk.push({ image: { number, parts, shared }, scaled: own });
  }

  async measure(signal: JobOptions['signal']): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = [];
    if (chunk.length === 0) return;
    const { sharedMean, unproven } = this.#question;
    const dim = sharedMean.length;
    const images = chunk.map(({ image }) => image);
    const shared = new Float32Array(chunk.length * dim);
    images.forEach((image, b) => {
      for (let d = 0; d < dim; d++) shared[b * dim + d] = image.shared[d]! - sharedMean[d]!;
    });
    for (const range of this.#paths.ranges(4 * chunk.length * dim, unproven)) {
      await this.#range(range, chunk, images, shared, signal);
    }
    this.#look.chunkDone();
  }

  async #range(
    { from, to }: Range,
    chunk: readonly { scaled: Float32Array }[],
    images: readonly SharedImage[],
    shared: Float32Array,
    signal: JobOptions['signal'],
  ): Promise<void> {
    const { device, paths } = this.#paths;
    const { means } = this.#question;
    const { dim, block } = paths;
    const heads = paths.heads.length;
    const size = to - from;
    const places = chunk.length;
    const coefficients = new Float32Array(places * size * heads);
    const delta = new Float32Array(size * places * heads);
    chunk.forEach(({ scaled }, b) => {
      coefficients.set(scaled.subarray(from * heads, to * heads), b * size * heads);
      for (let i = from; i < to; i++) {
        for (let r = 0; r < heads; r++) {
          delta[((i - from) * places + b) * heads + r] = scaled[i * heads + r]! - means[i * heads + r]!;
        }
      }
    });
    const vectors = await this.#vectors({ from, to }, signal);
    const rows = Int32Array.from({ length: size * places }, (_, i) => i % places);
    const results = await device.run(
      `norms of kept images of block ${block}`,
      () => exactNormsGraph(paths),
      {
        [STREAM.delta]: device.tensor(delta, size, places, heads),
        [STREAM.vectors]: device.tensor(vectors, size, heads, dim),
        [STREAM.shared]: device.tensor(shared, places, dim),
        [STREAM.images]: device.indices(rows, size, places),
      },
      signal,
    );
    this.#look.measure(images, from, to, coefficients, floats(results, STREAM.norms));
  }

  /** U [n, R, D] of a range, kept for the next chunk as far as memory allows. */
  async #vectors(range: Range, signal: JobOptions['signal']): Promise<Float32Array> {
    const known = this.#kept.get(range.from);
    if (known) return known;
    const vectors = await this.#paths.vectors(range, signal, this.#question.unproven);
    if ((this.#kept.size + 1) * vectors.byteLength <= KEPT_BYTES) this.#kept.set(range.from, vectors);
    return vectors;
  }
}
