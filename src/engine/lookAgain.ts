import { OUTPUTS } from '../clip/trace.ts';
import { type BlockState, meanOf } from '../lens/blockState.ts';
import type { SharedImage } from '../lens/blockSweep.ts';
import { uncertifiedNeurons } from '../lens/certificate.ts';
import { SecondLook } from '../lens/secondLook.ts';
import { sharedOf, sharedParts } from '../lens/sharedParts.ts';
import type { JobOptions } from '../progress.ts';
import type { ImageTower } from './imageTower.ts';
import { chunksOf, throughTower } from './streamBlocks.ts';
import { floats, type PathRanges, type Range } from './streamDevice.ts';
import { exactNormsGraph, STREAM } from './streamGraphs.ts';
import type { StreamSource } from './streaming.ts';

/** Most bytes of one block's U that are kept between chunks. */
const KEPT_BYTES = 256 * 2 ** 20;

export interface LookInputs {
  readonly tower: ImageTower;
  readonly paths: (block: number) => Promise<PathRanges>;
}

/** States whose every top set of k is exact: see `StreamingEngine.lookAgain`. */
export async function lookAgain(
  inputs: LookInputs,
  source: StreamSource,
  states: readonly BlockState[],
  topK: number,
  { signal, onProgress }: JobOptions,
): Promise<BlockState[]> {
  const looks: Look[] = [];
  for (const state of states) {
    const neurons = uncertifiedNeurons(state, topK);
    if (neurons.length > 0) looks.push(new Look(state, neurons, await inputs.paths(state.block)));
  }
  if (looks.length === 0) return [...states];
  const blocks = looks.map(({ state }) => state.block);
  const count = looks.reduce((sum, { neurons }) => sum + neurons, 0);
  const stage = `A second look for ${count} neurons whose strongest images are not certain`;
  for await (const { batch, from, size } of chunksOf(source, 0, signal)) {
    await throughTower(inputs.tower, batch, blocks, signal, (number, trace, i, results) => {
      for (const look of looks) {
        const { block, neurons, heads } = look.state;
        const scaled = results[OUTPUTS.scaledCoefficients(block)]!.data as Float32Array;
        look.take(number, trace(block), scaled.subarray(i * neurons * heads, (i + 1) * neurons * heads));
      }
    });
    for (const look of looks) await look.measure(signal);
    onProgress?.({ stage, done: from + size, total: source.count });
  }
  const repaired = new Map(looks.map((look) => [look.state.block, look.repaired()]));
  return states.map((state) => repaired.get(state.block) ?? state);
}

/** One block's neurons that are looked at again. */
class Look {
  readonly state: BlockState;
  readonly #look: SecondLook;
  readonly #paths: PathRanges;
  readonly #mean: ReturnType<typeof meanOf>;
  readonly #kept = new Map<number, Float32Array>();
  #chunk: { image: SharedImage; scaled: Float32Array }[] = [];

  constructor(state: BlockState, neurons: Int32Array, paths: PathRanges) {
    this.state = state;
    this.#look = new SecondLook(state, neurons);
    this.#paths = paths;
    this.#mean = meanOf(state);
  }

  get neurons(): number {
    return this.#look.neurons.length;
  }

  /** @param scaled ĉ [N, R] of the image, of all neurons */
  take(number: number, trace: Parameters<typeof sharedParts>[0], scaled: Float32Array): void {
    const { heads } = this.state;
    const parts = sharedParts(trace);
    const own = new Float32Array(this.neurons * heads);
    this.#look.neurons.forEach((n, i) => {
      own.set(scaled.subarray(n * heads, (n + 1) * heads), i * heads);
    });
    const shared = sharedOf(this.#paths.paths.shared, parts);
    this.#chunk.push({ image: { number, parts, shared }, scaled: own });
  }

  async measure(signal: JobOptions['signal']): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = [];
    if (chunk.length === 0) return;
    const { dim } = this.state;
    const images = chunk.map(({ image }) => image);
    const shared = new Float32Array(chunk.length * dim);
    images.forEach((image, b) => {
      for (let d = 0; d < dim; d++) shared[b * dim + d] = image.shared[d]! - this.#mean.shared[d]!;
    });
    for (const range of this.#paths.ranges(4 * chunk.length * dim, this.#look.neurons)) {
      await this.#range(range, chunk, images, shared, signal);
    }
    this.#look.chunkDone(chunk.length);
  }

  async #range(
    { from, to }: Range,
    chunk: readonly { scaled: Float32Array }[],
    images: readonly SharedImage[],
    shared: Float32Array,
    signal: JobOptions['signal'],
  ): Promise<void> {
    const { heads, dim, block } = this.state;
    const { device } = this.#paths;
    const size = to - from;
    const places = chunk.length;
    const coefficients = new Float32Array(places * size * heads);
    const delta = new Float32Array(size * places * heads);
    chunk.forEach(({ scaled }, b) => {
      coefficients.set(scaled.subarray(from * heads, to * heads), b * size * heads);
      for (let i = from; i < to; i++) {
        const n = this.#look.neurons[i]!;
        for (let r = 0; r < heads; r++) {
          delta[((i - from) * places + b) * heads + r] =
            scaled[i * heads + r]! - this.#mean.coefficients[n * heads + r]!;
        }
      }
    });
    const vectors = await this.#vectors({ from, to }, signal);
    const rows = Int32Array.from({ length: size * places }, (_, i) => i % places);
    const results = await device.run(
      `norms of kept images of block ${block}`,
      () => exactNormsGraph(this.#paths.paths),
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
    const vectors = await this.#paths.vectors(range, signal, this.#look.neurons);
    if ((this.#kept.size + 1) * vectors.byteLength <= KEPT_BYTES) this.#kept.set(range.from, vectors);
    return vectors;
  }

  repaired(): BlockState {
    return this.#look.repaired();
  }
}
