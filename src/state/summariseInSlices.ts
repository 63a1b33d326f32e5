import type { BlockAnalysis } from '../lens/analysis.ts';
import { type BlockDetail, type BlockOverview, summarise } from '../pack/index.ts';

/** Neurons at a time: a few milliseconds' work, so that the page keeps answering. */
const SLICE = 32;

interface Summary {
  readonly overview: BlockOverview;
  readonly detail: BlockDetail;
}

/**
 * What a pack would keep of an analysis, made a slice of neurons at a time with a pause between.
 * Throws what `signal` was aborted with.
 */
export async function summariseInSlices(
  analysis: BlockAnalysis,
  bins: number,
  pause: () => Promise<void>,
  signal?: AbortSignal,
): Promise<Summary> {
  const parts: Summary[] = [];
  for (let from = 0; from < analysis.neurons; from += SLICE) {
    signal?.throwIfAborted();
    const to = Math.min(analysis.neurons, from + SLICE);
    parts.push(summarise(neuronsOf(analysis, from, to), analysis.options.listed, bins));
    await pause();
  }
  return {
    overview: joinAll(parts.map((part) => part.overview)),
    detail: joinAll(parts.map((part) => part.detail)),
  };
}

/** The analysis of neurons `from` … `to − 1` alone. */
function neuronsOf(analysis: BlockAnalysis, from: number, to: number): BlockAnalysis {
  const { neurons, images } = analysis;
  const rows = <T extends Float32Array | Int32Array>(array: T): T => {
    const columns = array.length / neurons;
    return array.subarray(from * columns, to * columns) as T;
  };
  const columns = (array: Float32Array): Float32Array => {
    const cut = new Float32Array(images * (to - from));
    for (let image = 0; image < images; image++) {
      cut.set(array.subarray(image * neurons + from, image * neurons + to), image * (to - from));
    }
    return cut;
  };
  return {
    ...analysis,
    neurons: to - from,
    norms: columns(analysis.norms),
    activations: columns(analysis.activations),
    means: rows(analysis.means),
    thresholds: rows(analysis.thresholds),
    topImages: rows(analysis.topImages),
    directions: rows(analysis.directions),
    varianceShares: rows(analysis.varianceShares),
    headShares: rows(analysis.headShares),
  };
}

/** Joins summaries of consecutive slices, field by field: every field has the neuron as its first axis. */
function joinAll<T extends object>(parts: readonly T[]): T {
  const keys = Object.keys(parts[0]!) as (keyof T)[];
  const joined = keys.map((key) => [key, join(parts.map((part) => part[key] as Float32Array | Int32Array))]);
  return Object.fromEntries(joined) as T;
}

function join(arrays: readonly (Float32Array | Int32Array)[]): Float32Array | Int32Array {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const joined = arrays[0] instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}
