import { LensError } from '../errors.ts';
import { type Preprocessor, preprocessor } from './preprocess.ts';
import type { ClipWeights } from './weights.ts';

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

/**
 * How pictures are prepared: by preprocessor_config.json, by what OpenCLIP's config says, or CLIP's usual way.
 * @throws LensError `bad-file` when it makes other pictures than the tower wants
 */
export function pictureSettings(
  json: unknown,
  config: unknown,
  weights: ClipWeights,
  title: string,
): { preprocessor: Preprocessor; notes: string[] } {
  const size = weights.config.vision?.imageSize;
  const openClip = record(record(config)?.preprocess_cfg);
  const stated = json ?? (openClip && { image_mean: openClip.mean, image_std: openClip.std });
  const prepare = preprocessor(stated, size);
  if (size !== undefined && prepare.imageSize !== size) {
    throw new LensError(
      'bad-file',
      `${title} prepares pictures of ${prepare.imageSize} pixels, but its model wants ${size}.`,
    );
  }
  const notes =
    stated === undefined ? ['Nothing says how pictures are to be prepared: CLIP’s usual way is used.'] : [];
  return { preprocessor: prepare, notes };
}

/** What a model without stated activation is assumed to use, in a sentence. */
export function activationNotes({ activationBasis, config }: ClipWeights): string[] {
  if (activationBasis === 'stated') return [];
  const activation = (config.vision ?? config.text)?.activation === 'quick_gelu' ? 'quick GELU' : 'GELU';
  return [
    `No config says which activation the model was trained with: ${activation} is assumed, by the names of its tensors.`,
  ];
}
