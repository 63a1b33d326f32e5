import type { TensorToWrite } from '../clip/checkpoint/safetensors.ts';
import type { Candidates, SharedParts, StateSizes } from './blockState.ts';
import { keptImages } from './candidates.ts';
import type { EndImages } from './signedEnds.ts';
import type { TensorFile } from './tensorFile.ts';

type Sizes = Omit<StateSizes, 'block' | 'dim'>;

/** Candidates as tensors: the same ones give the same bytes, wherever they lie in memory, as a neuron's images are written by number. */
export function candidateTensors(candidates: Candidates, sizes: Sizes): TensorToWrite[] {
  const { neurons, kept, heads } = sizes;
  const { counts, images, distances, coefficients } = inOrder(candidates, sizes);
  const numbers = [...keptImages(counts, images)].sort((a, b) => a - b);
  const width = 2 * heads + 3;
  const parts = new Float32Array(numbers.length * width);
  numbers.forEach((number, i) => {
    parts.set(candidates.shared.get(number)!, i * width);
  });
  return [
    { name: 'counts', dtype: 'I32', shape: [neurons], data: counts },
    { name: 'images', dtype: 'I32', shape: [neurons, kept], data: images },
    { name: 'distances', dtype: 'F32', shape: [neurons, kept], data: distances },
    { name: 'coefficients', dtype: 'F32', shape: [neurons, kept, heads], data: coefficients },
    { name: 'shared_images', dtype: 'I32', shape: [numbers.length], data: Int32Array.from(numbers) },
    { name: 'shared_parts', dtype: 'F32', shape: [numbers.length, width], data: parts },
  ];
}

/** Images of one end as tensors, named after it. */
export function endTensors(end: EndImages, neurons: number, listed: number, name: string): TensorToWrite[] {
  const empty = { coefficients: new Float32Array(0), shared: new Map() };
  const { counts, images, distances } = inOrder({ ...end, ...empty }, { neurons, kept: listed, heads: 0 });
  return [
    { name: `${name}_counts`, dtype: 'I32', shape: [neurons], data: counts },
    { name: `${name}_images`, dtype: 'I32', shape: [neurons, listed], data: images },
    { name: `${name}_sizes`, dtype: 'F32', shape: [neurons, listed], data: distances },
  ];
}

/** Every neuron's images by number, and zeros in its empty places. */
function inOrder(candidates: Candidates, { neurons, kept, heads }: Sizes): Candidates {
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

/**
 * Candidates again, of which every neuron keeps `full`: fewer only where there are fewer images.
 * @throws LensError `bad-file`
 */
export function readCandidates(file: TensorFile, { neurons, kept, heads }: Sizes, full: number): Candidates {
  const rows = file.rows('shared_images');
  const candidates = {
    counts: file.i32('counts', neurons),
    images: file.i32('images', neurons, kept),
    distances: file.lengths('distances', file.f32('distances', neurons, kept)),
    coefficients: file.f32('coefficients', neurons, kept, heads),
    shared: sharedRows(file, file.i32('shared_images', rows), file.f32('shared_parts', rows, 2 * heads + 3)),
  };
  candidates.counts.forEach((count, n) => {
    if (count !== full) throw file.bad(`neuron ${n} keeps ${count} images, not ${full}`);
  });
  checkImages(file, candidates, neurons, kept);
  for (const image of keptImages(candidates.counts, candidates.images)) {
    if (!candidates.shared.has(image)) throw file.bad(`image ${image} is kept but not described`);
  }
  return candidates;
}

/** @throws LensError `bad-file` */
export function readEnd(
  file: TensorFile,
  neurons: number,
  listed: number,
  images: number,
  name: string,
): EndImages {
  const end = {
    counts: file.i32(`${name}_counts`, neurons),
    images: file.i32(`${name}_images`, neurons, listed),
    distances: file.lengths(`${name}_sizes`, file.f32(`${name}_sizes`, neurons, listed)),
  };
  const most = Math.min(listed, images);
  end.counts.forEach((count, n) => {
    if (count < 0 || count > most) throw file.bad(`neuron ${n} lists ${count} images of at most ${most}`);
  });
  checkImages(file, end, neurons, listed);
  return end;
}

/** Each neuron's images ascend: none stands there twice. */
function checkImages(file: TensorFile, { counts, images }: EndImages, neurons: number, kept: number): void {
  for (let n = 0; n < neurons; n++) {
    for (let at = n * kept; at < n * kept + counts[n]!; at++) {
      const after = at === n * kept ? -1 : images[at - 1]!;
      if (images[at]! <= after) throw file.bad(`neuron ${n} keeps an image twice or out of order`);
    }
  }
}

function sharedRows(file: TensorFile, images: Int32Array, parts: Float32Array): Map<number, SharedParts> {
  const width = parts.length / images.length;
  const shared = new Map<number, SharedParts>();
  images.forEach((image, i) => {
    if (shared.has(image)) throw file.bad(`image ${image} is described twice`);
    shared.set(image, parts.slice(i * width, (i + 1) * width));
  });
  return shared;
}
