import type { BlockState, SharedParts } from '../lens/blockState.ts';
import type { SharedVectors } from '../lens/paths.ts';
import type { MeasuredAboutMean } from '../lens/settledState.ts';
import { sharedOf } from '../lens/sharedParts.ts';
import type { JobOptions } from '../progress.ts';
import type { Tensor } from './backend.ts';
import { breather } from './breathe.ts';
import { cachedRanges, floats, type PathRanges, type Range } from './streamDevice.ts';
import { exactNormsGraph, STREAM } from './streamGraphs.ts';

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

export async function sharedTable(
  shared: ReadonlyMap<number, SharedParts>,
  vectors: SharedVectors,
  mean: ArrayLike<number>,
  signal: JobOptions['signal'],
): Promise<SharedTable> {
  const dim = mean.length;
  const breathe = breather(signal);
  const rows = new Map<number, number>();
  const values = new Float32Array(shared.size * dim);
  for (const [image, parts] of shared) {
    const row = rows.size;
    rows.set(image, row);
    const e = sharedOf(vectors, parts);
    for (let d = 0; d < dim; d++) values[row * dim + d] = e[d]! - mean[d]!;
    await breathe();
  }
  return { rows, values };
}

/** δ = ĉ − mean ĉ [n, places, R] of the images at the given places [n, places] of each neuron of a range; all of them unless told. */
export function deltasOf(
  state: BlockState,
  { from, to }: Range,
  mean: ArrayLike<number>,
  places?: Int32Array,
): Float32Array {
  const { kept, heads, candidates } = state;
  const each = places ? places.length / (to - from) : kept;
  const deltas = new Float32Array((to - from) * each * heads);
  for (let n = from; n < to; n++) {
    for (let i = 0; i < each; i++) {
      const slot = (n - from) * each + i;
      const at = (n * kept + (places ? places[slot]! : i)) * heads;
      for (let r = 0; r < heads; r++) {
        deltas[slot * heads + r] = candidates.coefficients[at + r]! - mean[n * heads + r]!;
      }
    }
  }
  return deltas;
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
  const table = await sharedTable(state.candidates.shared, paths.paths.shared, mean.shared, signal);
  const shared = device.tensor(table.values, table.rows.size, dim);
  const gap = device.tensor(
    Float32Array.from({ length: dim }, (_, d) => mean.shared[d]! - before.shared[d]!),
    1,
    dim,
  );
  const shift = new Float32Array(neurons);
  const distances = new Float32Array(neurons * kept);
  const graph = () => exactNormsGraph(paths.paths);
  for (const whole of paths.ranges()) {
    const vectors = await paths.vectors(whole, signal);
    const norms = async (
      range: Range,
      delta: Float32Array,
      of: Tensor,
      rows: Int32Array,
    ): Promise<Float32Array> => {
      const size = range.to - range.from;
      const each = rows.length / size;
      const [from, to] = [range.from - whole.from, range.to - whole.from];
      const feeds = {
        [STREAM.delta]: device.tensor(delta, size, each, heads),
        [STREAM.vectors]: device.tensor(
          vectors.subarray(from * heads * dim, to * heads * dim),
          ...[size, heads, dim],
        ),
        [STREAM.shared]: of,
        [STREAM.images]: device.indices(rows, size, each),
      };
      const results = await device.run(`norms of kept images of block ${block}`, graph, feeds, signal);
      return floats(results, STREAM.norms);
    };
    const first = whole.from * heads;
    const moved = Float32Array.from(
      { length: (whole.to - whole.from) * heads },
      (_, i) => mean.coefficients[first + i]! - before.coefficients[first + i]!,
    );
    shift.set(await norms(whole, moved, gap, new Int32Array(whole.to - whole.from)), whole.from);
    for (const range of cachedRanges(whole, 4 * kept * dim)) {
      const deltas = deltasOf(state, range, mean.coefficients);
      distances.set(await norms(range, deltas, shared, rowsOf(state, range, table)), range.from * kept);
    }
    onProgress?.({ stage, done: whole.to, total: neurons });
  }
  return { shift, distances };
}
