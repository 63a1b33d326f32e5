import type { ClipConfig } from './config.ts';

/**
 * Outputs of real checkpoints that others have published and that need no picture: constant images, given
 * after normalisation, and fixed token ids. Figures only; none could be re-run where this was written.
 */

/** Which output of a tower a value is of; see `trace.ts`. */
export type PublishedOutput = 'embedding' | 'pooled' | 'hidden';

/** Consecutive numbers of one output. */
export interface PublishedRow {
  readonly output: PublishedOutput;
  /** Token of a `hidden` row. */
  readonly token?: number;
  /** Index of the first number. */
  readonly from: number;
  readonly values: readonly number[];
}

export interface PublishedInput<T> {
  /** A constant for every pixel of a normalised image, or token ids from start- to end-of-text. */
  readonly input: T;
  readonly rows: readonly PublishedRow[];
  /** Half a unit of the last printed digit. */
  readonly rounding: number;
  readonly source: string;
}

/** Cosines of images and texts times the temperature. */
export interface PublishedLogits {
  readonly images: readonly number[];
  readonly texts: readonly (readonly number[])[];
  /** [images][texts] */
  readonly values: readonly (readonly number[])[];
  readonly rounding: number;
  readonly source: string;
}

export interface PublishedValues {
  /** The checkpoint's name in the catalogue. */
  readonly model: string;
  /** Sizes; its activation and eps are what the values were made with. */
  readonly config: ClipConfig;
  /** exp(logit_scale), for files that do not have it. */
  readonly temperature: number;
  readonly images: readonly PublishedInput<number>[];
  readonly texts: readonly PublishedInput<readonly number[]>[];
  readonly logits: readonly PublishedLogits[];
}

const BUMBLEBEE = 'elixir-nx/bumblebee, integration tests against openai/clip-vit-base-patch32';
/** "a photo of a cat", "a photo of a dog", "a photo of a man" in OpenAI's vocabulary. */
const CAT = [49406, 320, 1125, 539, 320, 2368, 49407];
const DOG = [49406, 320, 1125, 539, 320, 1929, 49407];
const MAN = [49406, 320, 1125, 539, 320, 786, 49407];

const OPENAI_VIT_B_32: PublishedValues = {
  model: 'openai/clip-vit-base-patch32',
  config: {
    vision: {
      width: 768,
      layers: 12,
      heads: 12,
      neurons: 3072,
      activation: 'quick_gelu',
      layerNormEps: 1e-5,
      imageSize: 224,
      patchSize: 32,
    },
    text: {
      width: 512,
      layers: 12,
      heads: 8,
      neurons: 2048,
      activation: 'quick_gelu',
      layerNormEps: 1e-5,
      vocabularySize: 49408,
      contextLength: 77,
    },
    dim: 512,
  },
  temperature: 100,
  images: [
    {
      input: 0.5,
      rows: [
        { output: 'embedding', from: 1, values: [-0.3381, -0.0196, -0.4053] },
        { output: 'pooled', from: 1, values: [0.3602, 0.3658, -0.2337] },
        { output: 'hidden', token: 1, from: 1, values: [0.3465, -0.3939, -0.5297] },
        { output: 'hidden', token: 2, from: 1, values: [0.3588, -0.2529, -0.5606] },
        { output: 'hidden', token: 3, from: 1, values: [0.3958, -0.2688, -0.5367] },
      ],
      rounding: 5e-5,
      source: BUMBLEBEE,
    },
  ],
  texts: [
    {
      input: CAT,
      rows: [
        { output: 'pooled', from: 1, values: [0.1658, 0.8876, 10.6313] },
        { output: 'hidden', token: 1, from: 1, values: [-0.5844, 0.3685, -2.0744] },
        { output: 'hidden', token: 2, from: 1, values: [-0.96, 1.0018, -0.2415] },
        { output: 'hidden', token: 3, from: 1, values: [-0.5957, -0.1719, 0.4689] },
      ],
      rounding: 5e-5,
      source: BUMBLEBEE,
    },
    {
      input: MAN,
      rows: [{ output: 'embedding', from: 0, values: [-0.26426, 0.324557, -0.022752, 0.20319, -0.009898] }],
      rounding: 1e-5,
      source: 'lakeraai/onnx_clip, tests with ground truth from openai/CLIP',
    },
  ],
  logits: [
    {
      images: [0.25, 0.75],
      texts: [CAT, DOG],
      values: [
        [22.7866, 23.2389],
        [22.8397, 22.8406],
      ],
      rounding: 5e-5,
      source: BUMBLEBEE,
    },
  ],
};

export const PUBLISHED: readonly PublishedValues[] = [OPENAI_VIT_B_32];

/** Values to hold a checkpoint against. */
export interface Claim {
  readonly values: PublishedValues;
  /** False when only the sizes are those of the published model: then nothing says that it must agree. */
  readonly stated: boolean;
}

/**
 * What a checkpoint can be held against, or a sentence saying why there is nothing.
 * @param model the name it was loaded under, if it has one
 */
export function publishedFor(
  model: string | undefined,
  config: ClipConfig,
  table: readonly PublishedValues[] = PUBLISHED,
): Claim | string {
  const stated = table.find((values) => values.model === model);
  if (stated) {
    if (sameSizes(config, stated.config)) return { values: stated, stated: true };
    return `This file does not have the sizes of ${stated.model}, so it cannot be held against its published outputs.`;
  }
  const alike = table.find((values) => sameSizes(config, values.config));
  if (alike) return { values: alike, stated: false };
  return 'Nobody has published outputs of this model that could be checked without a picture.';
}

/** Whether the towers a checkpoint has are as large as the published model's. */
function sameSizes(a: ClipConfig, b: ClipConfig): boolean {
  const sizes = ['width', 'layers', 'heads', 'neurons'] as const;
  const same = <T extends object>(x: T | undefined, y: T | undefined, keys: readonly (keyof T)[]) =>
    !x || (y !== undefined && keys.every((key) => x[key] === y[key]));
  return (
    a.dim === b.dim &&
    same(a.vision, b.vision, [...sizes, 'imageSize', 'patchSize']) &&
    same(a.text, b.text, [...sizes, 'vocabularySize', 'contextLength'])
  );
}
