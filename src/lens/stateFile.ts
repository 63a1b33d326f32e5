import { type TensorToWrite, writeSafetensors } from '../clip/checkpoint/safetensors.ts';
import type { BlockState, SweepState } from './blockState.ts';
import { candidateTensors, readCandidates } from './candidateTensors.ts';
import { MOST, TensorFile } from './tensorFile.ts';

/** Written into every state file; another layout gets another number. */
const FORMAT = 'neuronlens-state-1';

/**
 * A state as a safetensors file. The same state gives the same bytes, wherever its images lie in memory: a neuron's images are
 * written by number.
 */
export function encodeState(state: BlockState): Uint8Array {
  const { neurons, heads, dim, kept, sweep } = state;
  const tensors: TensorToWrite[] = [
    { name: 'sums', dtype: 'F64', shape: [neurons, heads], data: state.sums },
    { name: 'shared_sum', dtype: 'F64', shape: [dim], data: state.sharedSum },
    { name: 'squares', dtype: 'F64', shape: [neurons], data: state.squares },
    { name: 'dropped', dtype: 'F64', shape: [neurons], data: state.dropped },
    { name: 'exact', dtype: 'U8', shape: [neurons], data: state.exact },
    ...candidateTensors(state.candidates, state),
  ];
  if (sweep) {
    const axes = sweep.axes.length / dim;
    tensors.push(
      { name: 'pivot', dtype: 'F32', shape: [neurons, heads], data: sweep.pivot },
      { name: 'shared_pivot', dtype: 'F32', shape: [dim], data: sweep.sharedPivot },
      { name: 'axes', dtype: 'F32', shape: [axes, dim], data: sweep.axes },
      { name: 'left_out', dtype: 'F64', shape: [1], data: Float64Array.of(sweep.leftOut) },
    );
  }
  const whole = { block: state.block, read: state.read, images: state.images };
  const sizes = { neurons, heads, dim, kept, pivot_images: sweep?.pivotImages ?? 0 };
  const texts = Object.entries({ ...whole, ...sizes }).map(([name, value]) => [name, String(value)] as const);
  return writeSafetensors(tensors, { format: FORMAT, ...Object.fromEntries(texts) });
}

/**
 * Reads what {@link encodeState} wrote, into arrays of its own.
 * @throws LensError `bad-file` for anything else: every size, index and number is checked before a state is made of them
 */
export function decodeState(bytes: Uint8Array): BlockState {
  const file = new TensorFile(bytes, FORMAT, 'state of an analysis');
  const neurons = file.whole('neurons', 1, MOST);
  const heads = file.whole('heads', 1, MOST);
  const dim = file.whole('dim', 1, MOST);
  const kept = file.whole('kept', 1, MOST);
  const images = file.whole('images', 0, 2 ** 31 - 1);
  const candidates = readCandidates(file, { neurons, kept, heads }, Math.min(kept, images));
  const exact = file.u8('exact', neurons);
  if (!exact.every((x) => x <= 1)) throw file.bad('exact is neither yes nor no');
  return {
    block: file.whole('block', 0, MOST),
    neurons,
    heads,
    dim,
    kept,
    read: file.whole('read', images, Number.MAX_SAFE_INTEGER),
    images,
    sums: file.f64('sums', neurons, heads),
    sharedSum: file.f64('shared_sum', dim),
    squares: file.lengths('squares', file.f64('squares', neurons)),
    dropped: file.dropped('dropped', neurons),
    exact,
    candidates,
    sweep: file.has('pivot') ? takeSweep() : undefined,
  };

  function takeSweep(): SweepState {
    return {
      pivotImages: file.whole('pivot_images', 1, images),
      pivot: file.f32('pivot', neurons, heads),
      sharedPivot: file.f32('shared_pivot', dim),
      axes: file.f32('axes', file.rows('axes'), dim),
      leftOut: file.lengths('left_out', file.f64('left_out', 1))[0]!,
    };
  }
}
