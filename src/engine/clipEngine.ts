import { joinTowers } from '../clip/checkpoint/joinTowers.ts';
import type { ClipConfig } from '../clip/config.ts';
import { halfWeights } from '../clip/halfWeights.ts';
import { publishedFor } from '../clip/published.ts';
import type { Tokenizer } from '../clip/tokenizer.ts';
import { OUTPUTS } from '../clip/trace.ts';
import { floats, matrix } from '../clip/values.ts';
import type { ClipWeights } from '../clip/weights.ts';
import { isLensError, LensError } from '../errors.ts';
import type { AnalysisOptions, BlockAnalysis } from '../lens/analysis.ts';
import { type BlockState, meanOf, type StreamOptions } from '../lens/blockState.ts';
import type { BlockSummary } from '../lens/blockSummary.ts';
import { uncertifiedNeurons } from '../lens/certificate.ts';
import type { Findings, Question } from '../lens/laterLook.ts';
import { lensWeights } from '../lens/lensWeights.ts';
import { commonMean, mergedStates, requireMergeable } from '../lens/mergeStates.ts';
import type { Atoms, FindStrongest, SparseCodeOptions } from '../lens/sparseCode.ts';
import type { JobOptions } from '../progress.ts';
import { analyseBlocks } from './analysis/analyseBlocks.ts';
import { BlockPasses } from './analysis/blockPasses.ts';
import { DEFAULT_BUDGET_BYTES } from './analysis/coefficientSource.ts';
import { effectsOf } from './analysis/effects.ts';
import { preparePaths } from './analysis/preparePaths.ts';
import { project } from './analysis/project.ts';
import type { RangeAnalysisInputs } from './analysis/rangeAnalysis.ts';
import type { Backend, BackendInfo, Precision } from './backend.ts';
import { batchSizeOf, batchWithin, choosePrecision, towersKept } from './checks/plan.ts';
import { type Exactness, type SelfCheck, selfCheck } from './checks/selfCheck.ts';
import type { Engine, Heatmaps, PixelSource } from './engine.ts';
import { ReadingBlocks } from './reading/blocks.ts';
import { heatmapsOf } from './reading/heatmaps.ts';
import type { BlockReference, ReadImage } from './reading/imageReading.ts';
import { ReadingPasses } from './reading/passes.ts';
import { readPicture } from './reading/picture.ts';
import { breather, orCancelled } from './running/breathe.ts';
import { Scheduler } from './running/scheduler.ts';
import { Sessions } from './running/sessions.ts';
import { finishBlock } from './stream/finishBlock.ts';
import { measureAbout } from './stream/keptEffects.ts';
import { lookLater } from './stream/laterLook.ts';
import { blockGroups, streamBlocks } from './stream/streamBlocks.ts';
import { PathRanges, StreamDevice } from './stream/streamDevice.ts';
import type { FinishOptions, LaterJob, StreamJob, StreamSource } from './stream/streaming.ts';
import { type AblationRequest, type AblationStep, ablationTable } from './tables/ablationTable.ts';
import {
  type IndirectOnImage,
  type IndirectRequest,
  indirectEffects,
  meanActivations,
} from './tables/indirectEffects.ts';
import {
  type SegmentationRequest,
  type SegmentationStep,
  segmentationTable,
} from './tables/segmentationTable.ts';
import { ImageTower } from './towers/imageTower.ts';
import { textIdentity } from './towers/textIdentity.ts';
import { TextTower } from './towers/textTower.ts';
import { type ChanceR2, chanceR2, type SparseCodes, sparseCodes } from './words/sparseCodes.ts';
import { WordCorrelations } from './words/wordCorrelations.ts';

/** A text tower and what its tokens mean. */
export interface TextPart {
  readonly weights: ClipWeights;
  readonly tokenizer: Tokenizer;
}

export interface EngineOptions {
  readonly weights: ClipWeights;
  /** Without it, `embedTexts` throws `unavailable`. */
  readonly tokenizer?: Tokenizer | undefined;
  /** Fetches the text tower of weights that came without it; asked when texts are first read, and again after a failure. */
  readonly loadText?: ((job: JobOptions) => Promise<TextPart>) | undefined;
  /** Most bytes an analysis may keep of the images between its parts, and a picture of its effects; {@link DEFAULT_BUDGET_BYTES}. */
  readonly budget?: number | undefined;
  /** Of the image tower's matrix products; see `choosePrecision` in plan.ts for what happens without it. */
  readonly precision?: Precision | undefined;
  /** Images a batch; chosen by the model's size and the device's buffers unless told. */
  readonly batchSize?: number | undefined;
  /** What a GPU is held against in a self-check without published values: the processor. */
  readonly reference?: (() => Promise<Backend>) | undefined;
}

/** Blocks whose paths are kept: for ViT-B/32, 26 MB (block 9) to 320 MB (block 0) each. */
const KEPT_BLOCKS = 2;
/** Sessions of one block's passes: `project` needs six. */
const KEPT_PASSES = 7;

/** The one implementation of {@link Engine}: any backend, any checkpoint. */
export class ClipEngine implements Engine {
  readonly config: ClipConfig;
  readonly backend: BackendInfo;
  readonly #options: EngineOptions;
  readonly #device: Backend;
  /** The weights as half floats, where the image tower is run so. */
  #rounded: ClipWeights | undefined;
  /** The weights, with a text tower that came later. */
  #whole: ClipWeights;
  #loadedText: Promise<TextPart> | undefined;
  readonly #scheduler = new Scheduler();
  readonly #towers: Sessions;
  readonly #passes: Sessions;
  readonly #words: WordCorrelations;
  readonly #blocks = new Map<number, Promise<BlockPasses>>();
  readonly #reading: ReadingPasses;
  readonly #readingBlocks: ReadingBlocks;

  constructor(device: Backend, options: EngineOptions) {
    const { weights } = options;
    this.config = weights.config;
    const { provider } = device.info;
    const asked = { backend: provider, half: device.half ?? false };
    const precision = choosePrecision(weights.config, asked, options.precision);
    this.backend = { ...device.info, precision };
    this.#device = { ...device, info: this.backend };
    this.#options = options;
    this.#whole = weights;
    this.#towers = new Sessions(device, towersKept(weights.config, precision, provider));
    this.#passes = new Sessions(device, KEPT_PASSES);
    this.#words = new WordCorrelations(device, this.#scheduler);
    const reading = { backend: this.#device, sessions: this.#passes, scheduler: this.#scheduler };
    this.#reading = new ReadingPasses(reading);
    this.#readingBlocks = new ReadingBlocks(
      async (block, signal) => (await this.#paths(block, signal ? { signal } : {})).paths,
      this.#reading,
    );
    void device.lost.then((error) => this.#scheduler.close(error));
  }

  async analyse(pixels: PixelSource, options: AnalysisOptions, job: JobOptions = {}): Promise<BlockAnalysis> {
    for await (const analysis of this.analyseBlocks(pixels, [options.block], options, job)) return analysis;
    throw new Error('no block was analysed');
  }

  analyseBlocks(
    pixels: PixelSource,
    blocks: readonly number[],
    { topK, listed }: Omit<AnalysisOptions, 'block'>,
    job: JobOptions = {},
  ): AsyncGenerator<BlockAnalysis> {
    const inputs = {
      tower: this.#imageTower(),
      pixels,
      budget: this.#options.budget ?? DEFAULT_BUDGET_BYTES,
      rest: this.#restOfTowers(job),
      passes: (block: number) => this.#block(block, job),
      ranges: (block: number) => this.#ranges(block, job),
    };
    return analyseBlocks(inputs, blocks, { topK, listed }, job);
  }

  groups(blocks: readonly number[], options: StreamOptions): number[][] {
    const budget = this.#options.budget ?? DEFAULT_BUDGET_BYTES;
    return blockGroups({ tower: this.#imageTower(), budget }, blocks, options);
  }

  stream(
    source: StreamSource,
    blocks: readonly number[],
    options: StreamOptions,
    job: StreamJob = {},
  ): Promise<BlockState[]> {
    const inputs = {
      tower: this.#imageTower(),
      budget: this.#options.budget ?? DEFAULT_BUDGET_BYTES,
      paths: (block: number) => this.#pathRanges(block, job),
      rest: this.#restOfTowers(job),
    };
    return streamBlocks(inputs, source, blocks, options, job);
  }

  async merge(a: BlockState, b: BlockState, job: JobOptions = {}): Promise<BlockState> {
    requireMergeable(a, b);
    const paths = await this.#pathRanges(a.block, job);
    const mean = commonMean(a, b);
    const ofA = await measureAbout(a, paths, mean, meanOf(a), job);
    const ofB = await measureAbout(b, paths, mean, meanOf(b), job);
    return mergedStates(a, b, ofA, ofB);
  }

  uncertified(state: BlockState, topK: number): Int32Array {
    return uncertifiedNeurons(state, topK);
  }

  async finish(state: BlockState, options: FinishOptions, job: JobOptions = {}): Promise<BlockSummary> {
    return finishBlock(state, await this.#pathRanges(state.block, job), options, job);
  }

  lookLater(source: StreamSource, questions: readonly Question[], job: LaterJob = {}): Promise<Findings[]> {
    const inputs = {
      tower: this.#imageTower(),
      budget: this.#options.budget ?? DEFAULT_BUDGET_BYTES,
      paths: (block: number) => this.#pathRanges(block, job),
    };
    return lookLater(inputs, source, questions, job);
  }

  async project(
    pixels: PixelSource,
    block: number,
    reference: { means: Float32Array; directions: Float32Array },
    job: JobOptions = {},
  ): Promise<{ activations: Float32Array; norms: Float32Array; embeddings: Float32Array }> {
    return project(this.#imageTower(), await this.#block(block, job), pixels, reference, job);
  }

  async effects(pixels: PixelSource, block: number, job: JobOptions = {}): Promise<Float32Array> {
    return effectsOf(this.#imageTower(), await this.#block(block, job), pixels, job);
  }

  async heatmaps(
    pixels: PixelSource,
    block: number,
    neuron: number,
    direction: Float32Array,
    job: JobOptions = {},
  ): Promise<Heatmaps> {
    const { paths } = await this.#paths(block, job);
    return heatmapsOf(this.#imageTower(), paths, pixels, { neuron, direction }, job);
  }

  readImage(
    pixels: PixelSource,
    blocks: readonly BlockReference[],
    job: JobOptions = {},
  ): Promise<ReadImage> {
    const inputs = {
      tower: this.#imageTower(),
      blocks: this.#readingBlocks,
      passes: this.#reading,
      weights: lensWeights(this.#options.weights),
      budget: this.#options.budget ?? DEFAULT_BUDGET_BYTES,
    };
    return readPicture(inputs, pixels, blocks, job);
  }

  ablations(
    pixels: PixelSource,
    request: AblationRequest,
    job: JobOptions = {},
  ): AsyncGenerator<AblationStep> {
    return ablationTable(this.#imageTower(), (block) => this.#block(block, job), pixels, request, job);
  }

  segmentations(
    pixels: PixelSource,
    request: SegmentationRequest,
    job: JobOptions = {},
  ): AsyncGenerator<SegmentationStep> {
    return segmentationTable(this.#imageTower(), lensWeights(this.#options.weights), pixels, request, job);
  }

  meanActivations(
    pixels: PixelSource,
    blocks: readonly number[],
    job: JobOptions = {},
  ): Promise<Float64Array[]> {
    return meanActivations(this.#imageTower(), pixels, blocks, job);
  }

  indirectEffects(
    pixels: PixelSource,
    request: IndirectRequest,
    job: JobOptions = {},
  ): AsyncGenerator<IndirectOnImage> {
    return indirectEffects(this.#imageTower(), this.#options.weights, pixels, request, job);
  }

  async embedImages(pixels: PixelSource, job: JobOptions = {}): Promise<Float32Array> {
    const tower = this.#imageTower();
    const embeddings = new Float32Array(pixels.count * tower.dim);
    const breathe = breather(job.signal); // decoded sheets and WASM keep the queue of messages shut
    for (let from = 0; from < pixels.count; from += tower.batchSize) {
      await breathe();
      const size = Math.min(tower.batchSize, pixels.count - from);
      const batch = await pixels.read(from, size, job.signal);
      const results = await tower.step('long', () => tower.run(batch, {}), job.signal);
      embeddings.set(results[OUTPUTS.embedding]!.data as Float32Array, from * tower.dim);
      job.onProgress?.({ stage: 'Looking at pictures', done: from + size, total: pixels.count });
    }
    return embeddings;
  }

  async embedTexts(texts: readonly string[], job: JobOptions = {}): Promise<Float32Array> {
    const { weights, tokenizer } = await this.#text(job);
    return new TextTower(weights, tokenizer, this.#device, this.#towers, this.#scheduler).embed(texts, job);
  }

  async textIdentity(job: JobOptions = {}): Promise<string> {
    const { weights, tokenizer } = await this.#text(job);
    return textIdentity(weights, tokenizer);
  }

  sparseCodes(
    directions: Float32Array,
    atoms: Atoms,
    options: SparseCodeOptions,
    job: JobOptions = {},
  ): Promise<SparseCodes> {
    const priority = directions.length === atoms.dim ? 'short' : 'long';
    return sparseCodes(directions, atoms, options, this.#words.strongest(priority, job.signal), job);
  }

  strongestTexts(signal?: AbortSignal): FindStrongest {
    return this.#words.strongest('long', signal);
  }

  chanceR2(atoms: Atoms, options: SparseCodeOptions, job: JobOptions = {}): Promise<ChanceR2> {
    return chanceR2(atoms, options, this.#words.strongest('long', job.signal), job);
  }

  selfCheck(model: string | undefined, exactness?: Exactness): Promise<SelfCheck> {
    const weights = this.#whole;
    const step = <T>(work: () => Promise<T>): Promise<T> => this.#scheduler.run('short', work);
    const { reference } = this.#options;
    const inputs = { weights, backend: this.#device, step, exactness, reference };
    return selfCheck(inputs, publishedFor(model, this.#whole.config));
  }

  async dispose(): Promise<void> {
    const closed = new LensError('cancelled', 'The model was closed.');
    // After the running step, so that nothing is released under it.
    await this.#scheduler.run('short', async () => {}).catch(() => {});
    this.#scheduler.close(closed);
    await this.#towers.release();
    await this.#passes.release();
    await this.#words.release();
    await this.#device.dispose();
  }

  /** The text tower, fetched if need be. Those who ask meanwhile wait for the same, and outlive the other's cancel. */
  async #text(job: JobOptions): Promise<TextPart> {
    const others = this.#loadedText;
    const part = others ?? this.#loadText(job);
    this.#loadedText = part;
    try {
      return await orCancelled(part, job.signal);
    } catch (error) {
      const theirs = others && isLensError(error) && error.tag === 'cancelled' && !job.signal?.aborted;
      if (theirs) return this.#text(job);
      throw error;
    }
  }

  async #loadText(job: JobOptions): Promise<TextPart> {
    const { weights, tokenizer, loadText } = this.#options;
    if (weights.text && tokenizer) return { weights, tokenizer };
    if (loadText) {
      const part = await loadText(job).catch((error: unknown) => {
        this.#loadedText = undefined;
        throw error;
      });
      if (weights.vision) this.#whole = joinTowers(weights, part.weights);
      return part;
    }
    throw weights.text
      ? new LensError('unavailable', 'This model came without tokenizer.json, so it cannot read texts.')
      : new LensError('unavailable', 'This model has no text tower: use a text pool made with it.');
  }

  #imageTower(): ImageTower {
    const { weights } = this.#options;
    const { vision } = weights.config;
    if (!vision) throw new LensError('unavailable', 'This model has no image tower.');
    const { limits } = this.#device;
    const wanted = this.#options.batchSize ?? batchSizeOf(vision);
    const batchSize = limits ? batchWithin(vision, limits, wanted) : wanted;
    if (batchSize === 0) {
      throw new LensError(
        'unavailable',
        'One picture of this model does not fit the buffers this GPU allows: use backend=wasm or a smaller model.',
      );
    }
    if (this.backend.precision === 'float16') this.#rounded ??= halfWeights(weights);
    const used = this.#rounded ?? weights;
    return new ImageTower(used, vision, batchSize, this.#device, this.#towers, this.#scheduler);
  }

  /** On a processor: in half a second the towers are there again; ViT-B/32's 350 MB are what the neurons' work takes. */
  #restOfTowers(job: JobOptions): (() => Promise<void>) | undefined {
    if (this.backend.provider !== 'cpu') return undefined;
    return () => this.#scheduler.run('long', () => this.#towers.release(), job.signal);
  }

  async #pathRanges(block: number, job: JobOptions): Promise<PathRanges> {
    const { paths } = await this.#paths(block, job);
    return new PathRanges(paths, new StreamDevice(this.#device, this.#passes, this.#scheduler));
  }

  async #block(block: number, job: JobOptions): Promise<BlockPasses> {
    job.onProgress?.({ stage: `Preparing the paths of block ${block}`, done: 0, total: 1 });
    const passes = await this.#paths(block, job);
    await passes.prepare(job.signal);
    return passes;
  }

  async #ranges(block: number, job: JobOptions): Promise<Omit<RangeAnalysisInputs, 'recollection'>> {
    const { weights } = this.#options;
    const { paths } = await this.#paths(block, job);
    const { fc1 } = weights.vision!.blocks[block]!;
    return {
      backend: this.#device,
      sessions: this.#passes,
      scheduler: this.#scheduler,
      vision: weights.config.vision!,
      paths,
      mlp: { map: matrix(weights, fc1.weight, 'out-in').data, bias: floats(weights, fc1.bias) },
    };
  }

  /** The block's paths, prepared once for all who ask: a cancel of one of them does not end it. */
  #paths(block: number, job: JobOptions): Promise<BlockPasses> {
    const passes = this.#blocks.get(block) ?? this.#newPasses(block);
    this.#blocks.delete(block);
    this.#blocks.set(block, passes);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= KEPT_BLOCKS) break;
      this.#blocks.delete(oldest);
    }
    return orCancelled(passes, job.signal);
  }

  async #newPasses(block: number): Promise<BlockPasses> {
    const device = { backend: this.#device, sessions: this.#passes, scheduler: this.#scheduler };
    const preparing = preparePaths(lensWeights(this.#options.weights), block, device);
    preparing.catch(() => this.#blocks.delete(block));
    const paths = await preparing;
    return new BlockPasses(paths, this.#device, this.#passes, this.#scheduler);
  }
}
