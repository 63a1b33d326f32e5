import type { BlockState } from '../../lens/blockState.ts';
import type { MeasuredAboutMean } from '../../lens/settledState.ts';
import { sharedRows, sharedWeights } from '../../lens/sharedParts.ts';
import type { JobOptions } from '../../progress.ts';
import type { Tensor } from '../backend.ts';
import { cachedRanges, floats, type PathRanges, type Range, type StreamDevice } from './streamDevice.ts';
import { exactNormsGraph, keptNormsGraph, STREAM, sharedTableGraph } from './streamGraphs.ts';

/** ĉ [N, R] and e [D] of a mean or a pivot. */
export interface Point {
  readonly coefficients: ArrayLike<number>;
  readonly shared: ArrayLike<number>;
}

/** ε = e − mean e of the images that a state keeps. */
export interface SharedTable {
  /** Row of each image. */
  readonly rows: ReadonlyMap<number, number>;
  /** [M, D] */
  readonly values: Float32Array;
}

/** Images whose e is made in one go. */
const TABLE_ROWS = 4096;

/** ε of every image that a state keeps, about a mean e [D]. */
export async function sharedTable(
  state: BlockState,
  { paths, device }: PathRanges,
  mean: ArrayLike<number>,
  signal: JobOptions['signal'],
): Promise<SharedTable> {
  const dim = mean.length;
  const { shared } = state.candidates;
  const images = [...shared.keys()];
  const values = new Float32Array(images.length * dim);
  const width = 2 * paths.heads.length + 3;
  const vectors = device.tensor(sharedRows(paths.shared), width, dim);
  const about = device.tensor(Float32Array.from(mean), dim);
  for (let from = 0; from < images.length; from += TABLE_ROWS) {
    const some = images.slice(from, from + TABLE_ROWS);
    const weights = new Float32Array(some.length * width);
    some.forEach((image, i) => {
      weights.set(sharedWeights(shared.get(image)!), i * width);
    });
    const results = await device.run(
      'shared parts',
      sharedTableGraph,
      {
        [STREAM.shares]: device.tensor(weights, some.length, width),
        [STREAM.vectors]: vectors,
        [STREAM.means]: about,
      },
      signal,
    );
    values.set(floats(results, STREAM.shared), from * dim);
  }
  return { rows: new Map(images.map((image, row) => [image, row])), values };
}

/** ĉ [n, K, R] of the images that a range's neurons keep, and a mean ĉ [n, 1, R], as graphs want them. */
export function keptOf(
  state: BlockState,
  { from, to }: Range,
  mean: ArrayLike<number>,
  device: StreamDevice,
): { coefficients: Tensor; means: Tensor } {
  const { kept, heads, candidates } = state;
  const size = to - from;
  const own = candidates.coefficients.subarray(from * kept * heads, to * kept * heads);
  const means = Float32Array.from({ length: size * heads }, (_, i) => mean[from * heads + i]!);
  return {
    coefficients: device.tensor(own, size, kept, heads),
    means: device.tensor(means, size, 1, heads),
  };
}

/** Rows of a table, of the images at the given places of each neuron of a range; row 0 for an empty place. */
export function rowsOf(
  state: BlockState,
  { from, to }: Range,
  table: SharedTable,
  places?: Int32Array,
): Int32Array {
  const { kept, candidates } = state;
  const each = places ? places.length / (to - from) : kept;
  return Int32Array.from({ length: (to - from) * each }, (_, slot) => {
    const n = from + Math.floor(slot / each);
    const place = places ? places[slot]! : slot % each;
    return place < candidates.counts[n]! ? table.rows.get(candidates.images[n * kept + place]!)! : 0;
  });
}

/**
 * What `settled` and `mergedStates` want of a state: exact norms of all kept images about a mean, and how far that is from where the
 * state's distances were measured.
 */
export async function measureAbout(
  state: BlockState,
  paths: PathRanges,
  mean: Point,
  before: Point,
  { signal, onProgress }: JobOptions,
): Promise<MeasuredAboutMean> {
  const { neurons, kept, heads, dim, block } = state;
  const { device } = paths;
  const stage = `Block ${block}: sizes of its strongest effects`;
  const table = await sharedTable(state, paths, mean.shared, signal);
  const shared = device.tensor(table.values, table.rows.size, dim);
  const gap = device.tensor(
    Float32Array.from({ length: dim }, (_, d) => mean.shared[d]! - before.shared[d]!),
    1,
    dim,
  );
  const shift = new Float32Array(neurons);
  const distances = new Float32Array(neurons * kept);
  for (const whole of paths.ranges()) {
    const vectors = await paths.vectors(whole, signal);
    const vectorsOf = ({ from, to }: Range): Tensor => {
      const own = vectors.subarray((from - whole.from) * heads * dim, (to - whole.from) * heads * dim);
      return device.tensor(own, to - from, heads, dim);
    };
    const first = whole.from * heads;
    const size = whole.to - whole.from;
    const moved = Float32Array.from(
      { length: size * heads },
      (_, i) => mean.coefficients[first + i]! - before.coefficients[first + i]!,
    );
    const move = await device.run(
      `norms of kept images of block ${block}`,
      () => exactNormsGraph(paths.paths),
      {
        [STREAM.delta]: device.tensor(moved, size, 1, heads),
        [STREAM.vectors]: vectorsOf(whole),
        [STREAM.shared]: gap,
        [STREAM.images]: device.indices(new Int32Array(size), size, 1),
      },
      signal,
    );
    shift.set(floats(move, STREAM.norms), whole.from);
    for (const range of cachedRanges(whole, 4 * kept * dim)) {
      const { coefficients, means } = keptOf(state, range, mean.coefficients, device);
      const results = await device.run(
        `norms about the mean of block ${block}`,
        () => keptNormsGraph(paths.paths),
        {
          [STREAM.coefficients]: coefficients,
          [STREAM.means]: means,
          [STREAM.vectors]: vectorsOf(range),
          [STREAM.shared]: shared,
          [STREAM.images]: device.indices(rowsOf(state, range, table), range.to - range.from, kept),
        },
        signal,
      );
      distances.set(floats(results, STREAM.norms), range.from * kept);
    }
    onProgress?.({ stage, done: whole.to, total: neurons });
  }
  return { shift, distances };
}
