import { LensError } from '../errors.ts';
import { type RgbImage, resample, type Span } from './resample.ts';
import { shortly } from './shortly.ts';

/** A decoded picture: straight RGBA, row-major. */
export interface RgbaPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export interface Preprocessor {
  /** S: side of the square that the image tower sees, in pixels. */
  readonly imageSize: number;
  /**
   * Picture → [3, S, S], channel by channel, rescaled and normalised. Alpha is dropped, not composited,
   * as Pillow's `convert('RGB')` does in the reference.
   * @throws LensError `bad-file` for a picture without pixels.
   */
  apply(picture: RgbaPicture): Float32Array;
}

interface Settings {
  readonly imageSize: number;
  /** Side the shorter edge is resized to, or both sides whatever the shape. */
  readonly resize: { readonly shortestEdge: number } | { readonly width: number; readonly height: number };
  readonly rescale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073];
const OPENAI_STD = [0.26862954, 0.26130258, 0.27577711];
/** PIL's number for bicubic. */
const BICUBIC = 3;

/**
 * Makes a pre-processor of a parsed `preprocessor_config.json`: resize (bicubic, as Pillow does),
 * centre crop, rescale, normalise.
 * @param config undefined for OpenAI's settings, which nearly all CLIP models share
 * @param imageSize side of the square where the config leaves it out
 * @throws LensError `bad-file` for values that make no sense, `unsupported` for other ways of resizing.
 */
export function preprocessor(config?: unknown, imageSize = 224): Preprocessor {
  const settings = readSettings(config ?? {}, imageSize);
  const tables = [0, 1, 2].map((channel) => levelTable(settings, channel));
  return {
    imageSize: settings.imageSize,
    apply: (picture) => normalise(crop(picture, settings), tables),
  };
}

function readSettings(config: unknown, defaultSize: number): Settings {
  if (typeof config !== 'object' || config === null) {
    throw new LensError('bad-file', 'The preprocessor_config.json is not a JSON object.');
  }
  const json = config as Readonly<Record<string, unknown>>;
  if (json.do_resize === false || json.do_normalize === false || json.do_rescale === false) {
    throw new LensError(
      'unsupported',
      'Pre-processing without resize, rescale or normalise is not supported.',
    );
  }
  if ((json.resample ?? BICUBIC) !== BICUBIC) {
    throw new LensError(
      'unsupported',
      `Resampling ${shortly(json.resample)} is not supported; CLIP uses bicubic (3).`,
    );
  }
  const resize = resizeTo(json.size ?? defaultSize);
  const shorter = 'shortestEdge' in resize ? resize.shortestEdge : Math.min(resize.width, resize.height);
  const imageSize = json.do_center_crop === false ? uncropped(resize) : cropSide(json.crop_size ?? shorter);
  if (imageSize > shorter) {
    throw new LensError('unsupported', `Pictures of ${shorter} pixels cannot be cropped to ${imageSize}.`);
  }
  return {
    imageSize,
    resize,
    rescale: factor(json.rescale_factor ?? 1 / 255),
    mean: channels(json.image_mean ?? OPENAI_MEAN, 'image_mean'),
    std: channels(json.image_std ?? OPENAI_STD, 'image_std'),
  };
}

/** `size` is a number or {shortest_edge} (keep the shape), or {height, width} (squash). */
function resizeTo(size: unknown): Settings['resize'] {
  if (typeof size === 'number') return { shortestEdge: pixels(size) };
  const { shortest_edge, width, height } = (size ?? {}) as Record<string, unknown>;
  if (shortest_edge !== undefined) return { shortestEdge: pixels(shortest_edge) };
  return { width: pixels(width), height: pixels(height) };
}

/** `crop_size` is a number or {height, width}. */
function cropSide(size: unknown): number {
  if (typeof size === 'number') return pixels(size);
  const { width, height } = (size ?? {}) as Record<string, unknown>;
  return square(pixels(width), pixels(height));
}

function uncropped(resize: Settings['resize']): number {
  if ('width' in resize) return square(resize.width, resize.height);
  throw new LensError(
    'unsupported',
    'Pre-processing without a centre crop gives pictures that are not square.',
  );
}

function square(width: number, height: number): number {
  if (width === height) return width;
  throw new LensError('unsupported', `The image tower wants square pictures, not ${width} × ${height}.`);
}

function pixels(value: unknown): number {
  if (Number.isInteger(value) && (value as number) > 0) return value as number;
  throw new LensError('bad-file', `The preprocessor_config.json has a size that is ${shortly(value)}.`);
}

function factor(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new LensError('bad-file', `The preprocessor_config.json's rescale_factor is ${shortly(value)}.`);
}

function channels(value: unknown, name: string): number[] {
  if (Array.isArray(value) && value.length === 3 && value.every(Number.isFinite)) return value as number[];
  throw new LensError('bad-file', `The preprocessor_config.json's ${name} is not three numbers.`);
}

/** Resizes and cuts the middle: [S, S, 3] bytes. */
function crop(picture: RgbaPicture, { imageSize, resize }: Settings): Uint8Array {
  const { width, height, data } = picture;
  if (width < 1 || height < 1 || data.length !== 4 * width * height) {
    throw new LensError(
      'bad-file',
      `The picture has no ${width} × ${height} pixels; it may not have been decoded.`,
    );
  }
  const size = 'width' in resize ? resize : keepShape(width, height, resize.shortestEdge);
  return resample(dropAlpha(picture), size, middle(size.width, imageSize), middle(size.height, imageSize));
}

/** The longer side is cut to whole pixels, not rounded, as `get_resize_output_image_size` does. */
function keepShape(width: number, height: number, edge: number): { width: number; height: number } {
  return width <= height
    ? { width: edge, height: Math.trunc((edge * height) / width) }
    : { width: Math.trunc((edge * width) / height), height: edge };
}

const middle = (size: number, count: number): Span => ({ first: Math.floor((size - count) / 2), count });

function dropAlpha({ width, height, data }: RgbaPicture): RgbImage {
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    rgb[to++] = data[from] as number;
    rgb[to++] = data[from + 1] as number;
    rgb[to++] = data[from + 2] as number;
  }
  return { width, height, data: rgb };
}

/** (level·rescale − mean)/std of the 256 levels of a channel, rounded where the reference rounds to float32. */
function levelTable({ rescale, mean, std }: Settings, channel: number): Float32Array {
  const center = Math.fround(mean[channel] as number);
  const spread = Math.fround(std[channel] as number);
  return Float32Array.from(
    { length: 256 },
    (_, level) => Math.fround(Math.fround(level * rescale) - center) / spread,
  );
}

/** [S, S, 3] bytes → [3, S, S] floats. */
function normalise(rgb: Uint8Array, tables: readonly Float32Array[]): Float32Array {
  const area = rgb.length / 3;
  const out = new Float32Array(rgb.length);
  for (const [channel, table] of tables.entries()) {
    for (let i = 0; i < area; i++) out[channel * area + i] = table[rgb[3 * i + channel] as number] as number;
  }
  return out;
}
