import { gridSide, type VisionConfig } from '../../clip/config.ts';
import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import { representation } from '../../lens/ablation.ts';
import { rawAttention } from '../../lens/attentionMap.ts';
import type { LensWeights } from '../../lens/lensWeights.ts';
import { laterBlocks } from '../../lens/paths.ts';
import { addScaled, norm } from '../../lens/vectors.ts';
import type { JobOptions } from '../../progress.ts';
import type { Results } from '../backend.ts';
import type { PixelSource } from '../engine.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { lightTraces } from '../towers/traces.ts';
import { BlockOfPicture, type BlockTrace } from './block.ts';
import type { ReadingBlocks } from './blocks.ts';
import { DirectEffects } from './direct.ts';
import type {
  AttentionMaps,
  BlockReading,
  BlockReference,
  BlockSelection,
  BlockWriters,
  ImageWithout,
  Patch,
  PatchMap,
  ReadImage,
  TextMap,
  TextMapOptions,
} from './imageReading.ts';
import type { ReadingPasses } from './passes.ts';
import { textMapOf } from './segmentation.ts';

/** Effects kept of one picture: all blocks of ViT-B/32 (69 MB), ten of ViT-L/14. */
const EFFECT_BYTES = 128 * 2 ** 20;

/** What reading a picture takes besides the picture. */
export interface ReadingInputs {
  readonly tower: ImageTower;
  readonly blocks: ReadingBlocks;
  readonly passes: ReadingPasses;
  readonly weights: LensWeights;
  /** Most bytes of effects to keep; {@link EFFECT_BYTES} at most. */
  readonly budget: number;
}

/**
 * One forward pass, then per block the effects of all neurons: N·(W + D)·W multiplications a later block, those of
 * the directions besides when they are new.
 * @throws LensError `bad-request` for blocks the model does not have or numbers that are not its; `cancelled`
 */
export async function readPicture(
  { tower, blocks, passes, weights, budget }: ReadingInputs,
  pixels: PixelSource,
  references: readonly BlockReference[],
  job: JobOptions,
): Promise<ReadImage> {
  const { config, dim } = tower;
  check(references, config, dim);
  const steps = references.length + 1;
  const report = (done: number): void =>
    job.onProgress?.({ stage: 'Reading the picture', done, total: steps });
  report(0);
  const asked = references.map(({ block }) => block);
  const last = config.layers - 1;
  const attention = asked.length > 0 ? laterBlocks(Math.min(...asked), config.layers) : [last];
  const instruments = { coefficients: asked, activations: asked, attention };
  const picture = await pixels.read(0, 1, job.signal);
  const results = await tower.step('short', () => tower.run(picture, instruments), job.signal);
  report(1);
  const read: BlockOfPicture[] = [];
  let room = Math.min(budget, EFFECT_BYTES);
  for (const given of references) {
    const paths = await blocks.paths(given.block, job.signal);
    const reference = await blocks.reference(given, paths, job.signal);
    const traced = traceOf(results, given.block, config.layers);
    room -= 4 * config.neurons * dim;
    read.push(await BlockOfPicture.read(traced, reference, blocks, passes, room >= 0, job.signal));
    report(1 + read.length);
  }
  const embedding = floats(results, OUTPUTS.embedding);
  const lastRow = floats(results, OUTPUTS.attentionRow(last));
  const looks = Float32Array.from(rawAttention(lastRow, config.heads));
  return new Picture(embedding, read, looks, new DirectEffects(tower, picture, weights), config, blocks);
}

/** A picture that was read. */
class Picture implements ReadImage {
  readonly embedding: Float32Array;
  readonly gridSide: number;
  readonly #read: readonly BlockOfPicture[];
  readonly #lastBlock: Float32Array;
  readonly #direct: DirectEffects;
  readonly #blocks: ReadingBlocks;

  constructor(
    embedding: Float32Array,
    read: readonly BlockOfPicture[],
    lastBlock: Float32Array,
    direct: DirectEffects,
    config: VisionConfig,
    blocks: ReadingBlocks,
  ) {
    this.embedding = embedding;
    this.gridSide = gridSide(config);
    this.#read = read;
    this.#lastBlock = lastBlock;
    this.#direct = direct;
    this.#blocks = blocks;
  }

  get blocks(): readonly BlockReading[] {
    return this.#read.map(({ reading }) => reading);
  }

  get bytes(): number {
    return this.#read.reduce((sum, { bytes }) => sum + bytes, this.#direct.bytes);
  }

  async ablate(selection: readonly BlockSelection[], { signal }: JobOptions = {}): Promise<ImageWithout> {
    const selected = new Map<BlockOfPicture, Set<number>>();
    for (const { block, neurons } of selection) {
      const of = this.#block(block);
      const some = selected.get(of) ?? new Set();
      for (const n of chosenOf(of, neurons)) some.add(n);
      selected.set(of, some);
    }
    const removed = new Float64Array(this.embedding.length);
    let count = 0;
    for (const [of, neurons] of selected) {
      count += neurons.size;
      addScaled(removed, 1, await of.sum(Int32Array.from(neurons), signal), removed.length);
    }
    return this.#without(removed, count);
  }

  writersAt(patch: number, count: number): readonly BlockWriters[] {
    this.#token(patch);
    return this.#read.map((of) => of.writersAt(patch, count));
  }

  withoutPatch(patch: Patch, blocks?: readonly number[]): ImageWithout {
    const token = this.#token(patch);
    const removed = new Float64Array(this.embedding.length);
    const chosen = this.#chosen(blocks);
    for (const of of chosen) addScaled(removed, 1, of.writtenAt(token), removed.length);
    return this.#without(
      removed,
      chosen.reduce((sum, { neurons }) => sum + neurons, 0),
    );
  }

  textMap(text: Float32Array, options: TextMapOptions, { signal }: JobOptions = {}): Promise<TextMap> {
    const chosen = this.#chosen(options.blocks);
    return textMapOf(chosen, this.gridSide, text, options, this.#blocks, signal);
  }

  headTextMap(text: Float32Array, blocks?: readonly number[], job: JobOptions = {}): Promise<PatchMap> {
    return this.#direct.map(text, blocks, job);
  }

  attentionMaps(): AttentionMaps {
    return { gridSide: this.gridSide, lastBlock: this.#lastBlock };
  }

  #without(removed: Float64Array, neurons: number): ImageWithout {
    const left = representation(this.embedding);
    addScaled(left, -1, removed, left.length);
    return { representation: Float32Array.from(left), moved: norm(removed), neurons };
  }

  #chosen(blocks: readonly number[] | undefined): readonly BlockOfPicture[] {
    return blocks ? [...new Set(blocks)].map((block) => this.#block(block)) : this.#read;
  }

  #block(block: number): BlockOfPicture {
    const found = this.#read.find(({ reading }) => reading.block === block);
    if (!found) throw new LensError('bad-request', `Block ${block} was not read with this picture.`);
    return found;
  }

  #token(patch: Patch): number {
    if (patch === 'cls') return 0;
    const patches = this.gridSide ** 2;
    if (Number.isInteger(patch) && patch >= 0 && patch < patches) return patch + 1;
    throw new LensError('bad-request', `There is no patch ${patch}: the grid has ${patches}.`);
  }
}

function chosenOf(of: BlockOfPicture, neurons: BlockSelection['neurons']): Iterable<number> {
  if (neurons === 'all') return of.reading.norms.keys();
  if (neurons === 'significant') return [...of.reading.norms.keys()].filter((n) => of.reading.significant[n]);
  const wrong = neurons.find((n) => n < 0 || n >= of.neurons);
  if (wrong === undefined) return neurons;
  throw new LensError('bad-request', `There is no neuron ${wrong} of block ${of.reading.block} to take out.`);
}

function check(references: readonly BlockReference[], config: VisionConfig, dim: number): void {
  const { neurons, layers } = config;
  const seen = new Set<number>();
  for (const { block, means, directions, thresholds } of references) {
    laterBlocks(block, layers); // throws
    if (seen.has(block)) throw new LensError('bad-request', `Block ${block} was given twice.`);
    seen.add(block);
    const fits = [means, directions].every(({ length }) => length === neurons * dim);
    if (fits && thresholds.length === neurons) continue;
    throw new LensError('bad-request', 'The means and directions belong to another model.');
  }
}

function traceOf(results: Results, block: number, layers: number): BlockTrace {
  const later = laterBlocks(block, layers);
  return {
    trace: {
      ...lightTraces(results, 1, later)[0]!,
      coefficients: floats(results, OUTPUTS.coefficients(block)),
    },
    firing: floats(results, OUTPUTS.activations(block)),
    later: {
      rows: later.map((l) => floats(results, OUTPUTS.attentionRow(l))),
      invStd: later.map((l) => floats(results, OUTPUTS.invStd(l))),
    },
  };
}

const floats = (results: Results, name: string): Float32Array => results[name]!.data as Float32Array;
