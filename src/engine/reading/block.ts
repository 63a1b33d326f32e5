import type { LaterAttention } from '../../lens/heatmap.ts';
import { type PatchWriter, patchWriters } from '../../lens/patchWriters.ts';
import type { BlockPaths } from '../../lens/paths.ts';
import { effectScale, type ImageTrace, sharedPart } from '../../lens/secondOrderEffects.ts';
import { readersOf } from '../../lens/segmentation.ts';
import { isSignificant, largest } from '../../lens/topSet.ts';
import { addScaled, dot, norm } from '../../lens/vectors.ts';
import type { KnownReference, ReadingBlocks } from './blocks.ts';
import type { BlockReading, BlockWriters } from './imageReading.ts';
import type { ReadingPasses } from './passes.ts';

/**
 * The picture whose norm *is* a neuron's threshold must not exceed it by the rounding of another computation of the
 * same norm: what is within this fraction of the threshold counts as equal to it.
 */
const SAME_NORM = 1e-5;

/** What the tower reported of a picture, for one block. */
export interface BlockTrace {
  readonly trace: ImageTrace;
  /** p [T, N] */
  readonly firing: Float32Array;
  readonly later: LaterAttention;
}

/** A block as one picture went through it. */
export class BlockOfPicture {
  readonly reading: BlockReading;
  readonly reference: KnownReference;
  readonly firing: Float32Array;
  readonly trace: ImageTrace;
  readonly later: LaterAttention;
  /** What all neurons write at each token, as it reaches the output: [T, D]. */
  readonly #places: Float32Array;
  /** phi − mean [N, D], where it is kept. */
  readonly #centred: Float32Array | undefined;
  readonly #blocks: ReadingBlocks;
  readonly #passes: ReadingPasses;

  private constructor(
    { trace, firing, later }: BlockTrace,
    reference: KnownReference,
    measured: { reading: BlockReading; places: Float32Array; centred: Float32Array | undefined },
    blocks: ReadingBlocks,
    passes: ReadingPasses,
  ) {
    this.reading = measured.reading;
    this.reference = reference;
    this.firing = firing;
    this.trace = trace;
    this.later = later;
    this.#places = measured.places;
    this.#centred = measured.centred;
    this.#blocks = blocks;
    this.#passes = passes;
  }

  /** @param keepEffects whether phi − mean, 4·N·D bytes, is kept or computed again when asked for */
  static async read(
    traced: BlockTrace,
    reference: KnownReference,
    blocks: ReadingBlocks,
    passes: ReadingPasses,
    keepEffects: boolean,
    signal?: AbortSignal,
  ): Promise<BlockOfPicture> {
    const { block, means, directions, thresholds } = reference;
    const paths = await blocks.paths(block, signal);
    const { neurons, dim } = paths;
    const centred = await centredEffects(passes, paths, traced.trace, means, undefined, signal);
    const reading = {
      block,
      activations: new Float32Array(neurons),
      norms: new Float32Array(neurons),
      significant: new Uint8Array(neurons),
    };
    for (let n = 0; n < neurons; n++) {
      reading.activations[n] = dot(centred, directions, dim, n * dim, n * dim);
      reading.norms[n] = norm(centred, dim, n * dim);
      reading.significant[n] = isSignificant(reading.norms[n]! * (1 - SAME_NORM), thresholds[n]!) ? 1 : 0;
    }
    const places = await writtenAtPlaces(passes, paths, traced, signal);
    const measured = { reading, places, centred: keepEffects ? centred : undefined };
    return new BlockOfPicture(traced, reference, measured, blocks, passes);
  }

  get neurons(): number {
    return this.reading.norms.length;
  }

  get bytes(): number {
    const { coefficients } = this.trace;
    const arrays = this.firing.length + coefficients.length + this.#places.length;
    return 4 * (arrays + (this.#centred?.length ?? 0));
  }

  /** Σ phi_n − mean_n over some neurons, [D]. */
  async sum(neurons: Int32Array, signal?: AbortSignal): Promise<Float64Array> {
    const { block, means } = this.reference;
    const dim = means.length / this.neurons;
    const sum = new Float64Array(dim);
    if (this.#centred) {
      for (const n of neurons) addScaled(sum, 1, this.#centred, dim, 0, n * dim);
      return sum;
    }
    if (neurons.length === 0) return sum;
    const paths = await this.#blocks.paths(block, signal);
    const rows = await centredEffects(this.#passes, paths, this.trace, means, neurons, signal);
    for (let i = 0; i < neurons.length; i++) addScaled(sum, 1, rows, dim, 0, i * dim);
    return sum;
  }

  /** Σ_n of what the neurons write at a token, as it reaches the output, [D]. */
  writtenAt(token: number): Float32Array {
    const dim = this.reference.means.length / this.neurons;
    return this.#places.subarray(token * dim, (token + 1) * dim);
  }

  /** Both lists of those that write most at a patch. */
  writersAt(patch: number, count: number): BlockWriters {
    const { along, block } = this.reference;
    const { neurons, firing, later, trace } = this;
    const byEffect = patchWriters(patch, firing, neurons, along, later, trace, neurons);
    const byNeuron: PatchWriter[] = [];
    for (const writer of byEffect) byNeuron[writer.neuron] = writer;
    const there = firing.subarray((patch + 1) * neurons, (patch + 2) * neurons);
    return {
      block,
      byEffect: byEffect.slice(0, count),
      byActivation: Array.from(largest(there, Math.min(count, neurons)), (n) => byNeuron[n]!),
    };
  }
}

/** phi_n − mean_n of some neurons (all unless told), a row each: [n, D]. */
async function centredEffects(
  passes: ReadingPasses,
  paths: BlockPaths,
  trace: ImageTrace,
  means: Float32Array,
  some: Int32Array | undefined,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { width, dim, neurons, heads } = paths;
  const count = some?.length ?? neurons;
  const scale = effectScale(trace);
  const coefficients = new Float32Array(heads.length * count);
  for (let r = 0; r < heads.length; r++) {
    for (let i = 0; i < count; i++) {
      coefficients[r * count + i] = scale * trace.coefficients[r * neurons + (some?.[i] ?? i)]!;
    }
  }
  const writes = some ? gathered(paths.writes, some, width) : paths.writes;
  const shared = Float32Array.from(sharedPart(paths.shared, trace));
  const effects = await passes.effects(paths, writes, coefficients, shared, signal);
  for (let i = 0; i < count; i++) addScaled(effects, -1, means, dim, i * dim, (some?.[i] ?? i) * dim);
  return effects;
}

/**
 * At every token i, 100/(s‖r‖)·Σ_n p[i,n]·Σ_r a_r[i]/sd_r[i]·U_n[r], [T, D]: the effect, without e, of one neuron
 * whose write is Σ_n p[i,n]·w_n and whose coefficients are the token's readers.
 */
async function writtenAtPlaces(
  passes: ReadingPasses,
  paths: BlockPaths,
  { trace, firing, later }: BlockTrace,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { neurons, dim, heads } = paths;
  const tokens = firing.length / neurons;
  const scale = effectScale(trace);
  const readers = new Float32Array(heads.length * tokens);
  for (let token = 0; token < tokens; token++) {
    readersOf(later, tokens, token, (weight, r) => {
      readers[r * tokens + token] = scale * weight;
    });
  }
  const written = await passes.product(firing, paths.writes, neurons, signal);
  return passes.effects(paths, written, readers, new Float32Array(dim), signal);
}

function gathered(rows: Float32Array, some: Int32Array, width: number): Float32Array {
  const result = new Float32Array(some.length * width);
  some.forEach((n, i) => {
    result.set(rows.subarray(n * width, (n + 1) * width), i * width);
  });
  return result;
}
