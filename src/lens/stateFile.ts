import { readSafetensors, type TensorToWrite, writeSafetensors } from '../clip/checkpoint/safetensors.ts';
import { LensError } from '../errors.ts';
import type { BlockState, Candidates, SharedParts, SweepState } from './blockState.ts';
import { keptImages } from './candidates.ts';

/** Written into every state file; another layout gets another number. */
const FORMAT = 'neuronlens-state-1';
/** More than any model has: a file that claims more is not of ours. */
const MOST = 2 ** 20;

/**
 * A state as a safetensors file. The same state gives the same bytes, wherever its images lie in memory: a neuron's images are
 * written by number.
 */
export function encodeState(state: BlockState): Uint8Array {
  const { neurons, heads, dim, sweep } = state;
  const { counts, images, distances, coefficients, shared } = inOrder(state);
  const numbers = [...keptImages(counts, images)].sort((a, b) => a - b);
  const parts = new Float32Array(numbers.length * (2 * heads + 3));
  numbers.forEach((number, i) => {
    parts.set(shared.get(number)!, i * (2 * heads + 3));
  });
  const kept = state.kept;
  const tensors: TensorToWrite[] = [
    { name: 'sums', dtype: 'F64', shape: [neurons, heads], data: state.sums },
    { name: 'shared_sum', dtype: 'F64', shape: [dim], data: state.sharedSum },
    { name: 'squares', dtype: 'F64', shape: [neurons], data: state.squares },
    { name: 'dropped', dtype: 'F64', shape: [neurons], data: state.dropped },
    { name: 'exact', dtype: 'U8', shape: [neurons], data: state.exact },
    { name: 'counts', dtype: 'I32', shape: [neurons], data: counts },
    { name: 'images', dtype: 'I32', shape: [neurons, kept], data: images },
    { name: 'distances', dtype: 'F32', shape: [neurons, kept], data: distances },
    { name: 'coefficients', dtype: 'F32', shape: [neurons, kept, heads], data: coefficients },
    { name: 'shared_images', dtype: 'I32', shape: [numbers.length], data: Int32Array.from(numbers) },
    { name: 'shared_parts', dtype: 'F32', shape: [numbers.length, 2 * heads + 3], data: parts },
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

/** Every neuron's images by number, and zeros in its empty places. */
function inOrder({ neurons, kept, heads, candidates }: BlockState): Candidates {
  const { counts, shared } = candidates;
  const images = new Int32Array(candidates.images.length);
  const distances = new Float32Array(candidates.distances.length);
  const coefficients = new Float32Array(candidates.coefficients.length);
  for (let n = 0; n < neurons; n++) {
    const base = n * kept;
    const places = Int32Array.from({ length: counts[n]! }, (_, place) => base + place);
    places.sort((a, b) => candidates.images[a]! - candidates.images[b]!);
    places.forEach((from, i) => {
      const to = base + i;
      images[to] = candidates.images[from]!;
      distances[to] = candidates.distances[from]!;
      coefficients.set(candidates.coefficients.subarray(from * heads, (from + 1) * heads), to * heads);
    });
  }
  return { counts, images, distances, coefficients, shared };
}

const bad = (what: string): LensError =>
  new LensError('bad-file', `This is no state of an analysis that can be gone on with: ${what}.`);

/**
 * Reads what {@link encodeState} wrote, into arrays of its own.
 * @throws LensError `bad-file` for anything else: every size, index and number is checked before a state is made of them
 */
export function decodeState(bytes: Uint8Array): BlockState {
  const file = readSafetensors(bytes);
  const { metadata } = file;
  if (metadata.format !== FORMAT) throw bad(`it does not say that it is ${FORMAT}`);
  const whole = (name: string, least: number, most: number): number => {
    const value = Number(metadata[name]);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw bad(`${name} is missing or out of bounds`);
  };
  const neurons = whole('neurons', 1, MOST);
  const heads = whole('heads', 1, MOST);
  const dim = whole('dim', 1, MOST);
  const kept = whole('kept', 1, MOST);
  const images = whole('images', 0, 2 ** 31 - 1);
  const take = (name: string, dtype: 'F32' | 'F64' | 'I32' | 'U8', shape: readonly number[]): ArrayBuffer => {
    const tensor = file.tensors.get(name);
    if (tensor?.dtype !== dtype || tensor.shape.join() !== shape.join()) {
      throw bad(`${name} is missing or of the wrong type or shape`);
    }
    return new Uint8Array(bytes.subarray(tensor.offset, tensor.offset + tensor.length)).buffer;
  };
  const f32 = (name: string, shape: readonly number[]) =>
    finite(name, new Float32Array(take(name, 'F32', shape)));
  const f64 = (name: string, shape: readonly number[]) =>
    finite(name, new Float64Array(take(name, 'F64', shape)));
  const i32 = (name: string, shape: readonly number[]) => new Int32Array(take(name, 'I32', shape));

  const rows = file.tensors.get('shared_images')?.shape[0] ?? 0;
  const candidates = {
    counts: i32('counts', [neurons]),
    images: i32('images', [neurons, kept]),
    distances: f32('distances', [neurons, kept]),
    coefficients: f32('coefficients', [neurons, kept, heads]),
    shared: sharedRows(i32('shared_images', [rows]), f32('shared_parts', [rows, 2 * heads + 3])),
  };
  const dropped = new Float64Array(take('dropped', 'F64', [neurons]));
  if (!dropped.every((x) => (x >= 0 ? x < Number.POSITIVE_INFINITY : x === Number.NEGATIVE_INFINITY))) {
    throw bad('dropped holds what is no distance');
  }
  const exact = new Uint8Array(take('exact', 'U8', [neurons]));
  if (!exact.every((x) => x <= 1)) throw bad('exact is neither yes nor no');
  checkCandidates(candidates, kept, Math.min(kept, images));
  const sweep = file.tensors.has('pivot') ? takeSweep() : undefined;
  return {
    block: whole('block', 0, MOST),
    neurons,
    heads,
    dim,
    kept,
    read: whole('read', images, Number.MAX_SAFE_INTEGER),
    images,
    sums: f64('sums', [neurons, heads]),
    sharedSum: f64('shared_sum', [dim]),
    squares: nonNegative('squares', f64('squares', [neurons])),
    dropped,
    exact,
    candidates,
    sweep,
  };

  function takeSweep(): SweepState {
    const axes = file.tensors.get('axes')?.shape[0] ?? 0;
    return {
      pivotImages: whole('pivot_images', 1, images),
      pivot: f32('pivot', [neurons, heads]),
      sharedPivot: f32('shared_pivot', [dim]),
      axes: f32('axes', [axes, dim]),
      leftOut: nonNegative('left_out', f64('left_out', [1]))[0]!,
    };
  }
}

function finite<T extends Float32Array | Float64Array>(name: string, values: T): T {
  for (const value of values) if (!Number.isFinite(value)) throw bad(`${name} holds what is no number`);
  return values;
}

function nonNegative<T extends Float32Array | Float64Array>(name: string, values: T): T {
  for (const value of values) if (!(value >= 0)) throw bad(`${name} holds a negative length`);
  return values;
}

function sharedRows(images: Int32Array, parts: Float32Array): Map<number, SharedParts> {
  const width = parts.length / images.length;
  const shared = new Map<number, SharedParts>();
  images.forEach((image, i) => {
    if (shared.has(image)) throw bad(`image ${image} is described twice`);
    shared.set(image, parts.slice(i * width, (i + 1) * width));
  });
  return shared;
}

/** Each neuron's count of images, every one of them described, none of them twice; as many as there can be. */
function checkCandidates(
  { counts, images, distances, shared }: Candidates,
  kept: number,
  full: number,
): void {
  nonNegative('distances', distances);
  counts.forEach((count, n) => {
    if (count !== full) throw bad(`neuron ${n} keeps ${count} images, not ${full}`);
    const own = images.subarray(n * kept, n * kept + count);
    own.forEach((image, i) => {
      if (!shared.has(image)) throw bad(`image ${image} of neuron ${n} is not described`);
      if (i > 0 && image <= own[i - 1]!) throw bad(`neuron ${n} keeps an image twice or out of order`);
    });
  });
}
