import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import {
  type BlockState,
  keptFor,
  meanOf,
  type StateSizes,
  type StreamOptions,
  stateBytes,
} from '../../lens/blockState.ts';
import { BlockSweep } from '../../lens/blockSweep.ts';
import { laterBlocks } from '../../lens/paths.ts';
import { settled } from '../../lens/settledState.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { lightTraces } from '../towers/traces.ts';
import { measureAbout } from './keptEffects.ts';
import type { PathRanges } from './streamDevice.ts';
import { CHUNK, StreamedBlock, streamingBytes } from './streamedBlock.ts';
import type { StreamBatch, StreamJob, StreamSource } from './streaming.ts';

export interface StreamInputs {
  readonly tower: ImageTower;
  /** Most bytes of the states and rulers that share a sweep; one block is streamed whatever it takes. */
  readonly budget: number;
  readonly paths: (block: number) => Promise<PathRanges>;
  /** Frees the image tower's memory: called when a sweep is over. */
  readonly rest?: (() => Promise<void>) | undefined;
}

/** Blocks that share a sweep: see `StreamingEngine.groups`. */
export const blockGroups = (
  { tower, budget }: Pick<StreamInputs, 'tower' | 'budget'>,
  blocks: readonly number[],
  options: StreamOptions,
): number[][] =>
  groupsOf(sizesOfAll(tower, blocks, options), new Map(), budget).map((group) =>
    group.map(({ block }) => block),
  );

/** States of blocks over pictures: see `StreamingEngine.stream`. */
export async function streamBlocks(
  inputs: StreamInputs,
  source: StreamSource,
  blocks: readonly number[],
  options: StreamOptions,
  job: StreamJob,
): Promise<BlockState[]> {
  const sizes = sizesOfAll(inputs.tower, blocks, options);
  const states = new Map<number, BlockState>();
  for (const state of job.from ?? []) {
    states.set(state.block, requireFitting(state, sizes, source));
  }
  for (const group of groupsOf(sizes, states, inputs.budget)) {
    await streamGroup(inputs, source, group, states, job);
  }
  return sizes.map(({ block }) => states.get(block)!);
}

const sizesOfAll = (tower: ImageTower, blocks: readonly number[], options: StreamOptions): StateSizes[] =>
  [...new Set(blocks)].sort((a, b) => a - b).map((block) => sizesOf(tower, block, options));

/** @throws LensError `bad-request` for a block without later heads or numbers that make no sense */
function sizesOf({ config, dim }: ImageTower, block: number, { topK, kept }: StreamOptions): StateSizes {
  const heads = laterBlocks(block, config.layers).length * config.heads;
  const most = kept ?? keptFor(topK);
  if (!Number.isInteger(topK) || topK < 1 || !Number.isInteger(most) || most < topK) {
    throw new LensError('bad-request', `Of a top set of ${topK} images, ${most} cannot be kept.`);
  }
  return { block, neurons: config.neurons, heads, dim, kept: most };
}

function requireFitting(state: BlockState, sizes: readonly StateSizes[], source: StreamSource): BlockState {
  const own = sizes.find(({ block }) => block === state.block);
  const fits =
    own && (['neurons', 'heads', 'dim', 'kept'] as const).every((size) => own[size] === state[size]);
  if (fits && state.read <= source.count) return state;
  throw new LensError(
    'bad-request',
    `The state of block ${state.block} is of another model, set or choice of k: start anew.`,
  );
}

const isOver = (state: BlockState | undefined): boolean =>
  state !== undefined && state.images > 0 && state.sweep === undefined;

/** Blocks that share a sweep: as many as the budget allows, all as far as each other. */
function groupsOf(
  sizes: readonly StateSizes[],
  states: ReadonlyMap<number, BlockState>,
  budget: number,
): StateSizes[][] {
  const groups: { sizes: StateSizes[]; bytes: number; read: number }[] = [];
  for (const one of sizes) {
    const state = states.get(one.block);
    if (isOver(state)) continue;
    const read = state?.read ?? 0;
    const bytes = stateBytes(one) + streamingBytes(one.neurons, one.heads);
    const last = groups.at(-1);
    if (last && last.read === read && last.bytes + bytes <= budget) {
      last.sizes.push(one);
      last.bytes += bytes;
    } else groups.push({ sizes: [one], bytes, read });
  }
  return groups.map((group) => group.sizes);
}

async function streamGroup(
  inputs: StreamInputs,
  source: StreamSource,
  group: readonly StateSizes[],
  states: Map<number, BlockState>,
  job: StreamJob,
): Promise<void> {
  const { signal } = job;
  const streamed: StreamedBlock[] = [];
  for (const sizes of group) {
    const sweep = new BlockSweep(states.get(sizes.block) ?? sizes);
    streamed.push(new StreamedBlock(sweep, await inputs.paths(sizes.block)));
  }
  const blocks = group.map(({ block }) => block);
  const stage = `${wordsFor(blocks)}: images through the model`;
  const start = streamed[0]!.state.read;
  job.onProgress?.({ stage, done: start, total: source.count });
  for await (const { batch, from, size } of chunksOf(source, start, signal)) {
    await throughTower(inputs.tower, batch, blocks, signal, (number, trace, i, results) => {
      streamed.forEach((one) => {
        const { block, neurons, heads } = one.state;
        const scaled = results[OUTPUTS.scaledCoefficients(block)]!.data as Float32Array;
        one.take(number, trace(block), scaled, i * neurons * heads);
      });
    });
    for (const one of streamed) await one.measure(size, signal);
    for (const one of streamed) states.set(one.state.block, one.state);
    await job.onCheckpoint?.([...states.values()]);
    job.onProgress?.({ stage, done: from + size, total: source.count });
  }
  await inputs.rest?.();
  for (const one of streamed) {
    one.rest();
    states.set(one.state.block, await settle(one.state, one.paths, job));
  }
}

/** A state about its mean. */
async function settle(state: BlockState, paths: PathRanges, job: StreamJob): Promise<BlockState> {
  if (!state.sweep) throw new LensError('bad-request', 'There is no picture that could be read.');
  const { pivot, sharedPivot } = state.sweep;
  const before = { coefficients: pivot, shared: sharedPivot };
  return settled(state, await measureAbout(state, paths, meanOf(state), before, job));
}

/** The rest of a source, chunk by chunk, the next one read while one is worked on. */
export async function* chunksOf(
  source: StreamSource,
  start: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ batch: StreamBatch; from: number; size: number }> {
  const sizeAt = (from: number): number => Math.min(CHUNK, source.count - from);
  const read = (from: number): Promise<StreamBatch> => {
    const promise = source.read(from, sizeAt(from), signal);
    promise.catch(() => {}); // told when it is asked for
    return promise;
  };
  let next = start < source.count ? read(start) : undefined;
  for (let from = start; from < source.count; from += CHUNK) {
    const batch = await next!;
    next = from + CHUNK < source.count ? read(from + CHUNK) : undefined;
    yield { batch, from, size: sizeAt(from) };
  }
}

type Trace = ReturnType<typeof lightTraces>[number];

/** A chunk through the tower, batch by batch: `take` is called for every picture, in order. */
export async function throughTower(
  tower: ImageTower,
  { pixels, numbers }: StreamBatch,
  blocks: readonly number[],
  signal: AbortSignal | undefined,
  take: (
    number: number,
    trace: (block: number) => Trace,
    index: number,
    results: Awaited<ReturnType<ImageTower['run']>>,
  ) => void,
): Promise<void> {
  const { config, batchSize } = tower;
  const first = Math.min(...blocks);
  const later = laterBlocks(first, config.layers);
  const each = 3 * config.imageSize ** 2;
  if (pixels.length !== numbers.length * each) {
    throw new LensError(
      'bad-request',
      `${numbers.length} pictures came with ${pixels.length} numbers of pixels.`,
    );
  }
  for (let from = 0; from < numbers.length; from += batchSize) {
    const size = Math.min(batchSize, numbers.length - from);
    const batch = pixels.subarray(from * each, (from + size) * each);
    const results = await tower.step('long', () => tower.run(batch, { scaled: blocks }), signal);
    lightTraces(results, size, later).forEach((trace, i) => {
      const seenFrom = (block: number): Trace => {
        const skipped = (block - first) * config.heads;
        return {
          ...trace,
          attentionOverStd: Array.from(trace.attentionOverStd).slice(skipped),
          attentionMeanOverStd: Array.from(trace.attentionMeanOverStd).slice(skipped),
        };
      };
      take(numbers[from + i]!, seenFrom, i, results);
    });
  }
}

const wordsFor = (blocks: readonly number[]): string =>
  blocks.length === 1 ? `Block ${blocks[0]}` : `Blocks ${blocks[0]} to ${blocks.at(-1)}`;
