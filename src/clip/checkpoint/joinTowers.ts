import { LensError } from '../../errors.ts';
import type { ClipWeights, TextWeights } from '../weights.ts';
import { mapTensors } from './mapTensors.ts';

/**
 * One model of an image tower and a text tower that were read apart, say because the text tower is
 * fetched when it is first used. Nothing is copied. Files of the same name are kept apart.
 * @throws LensError `bad-request` when a tower is missing, `bad-file` when their joint spaces differ.
 */
export function joinTowers(vision: ClipWeights, text: ClipWeights): ClipWeights {
  if (!vision.vision || !text.text) {
    throw new LensError(
      'bad-request',
      'Joining towers takes one model with an image tower, one with a text tower.',
    );
  }
  if (vision.config.dim !== text.config.dim) {
    throw new LensError(
      'bad-file',
      `The image tower has a joint space of ${vision.config.dim} dimensions, the text tower one of ` +
        `${text.config.dim}: they are not of the same model.`,
    );
  }
  const keys = new Map([...text.files].map(([key, bytes]) => [key, freeKey(vision.files, key, bytes)]));
  const moved: TextWeights = mapTensors(text.text, (tensor) => ({
    ...tensor,
    file: keys.get(tensor.file) ?? tensor.file,
  }));
  const assumed = [vision, text].some(({ activationBasis }) => activationBasis === 'assumed');
  return {
    config: { dim: vision.config.dim, vision: vision.config.vision, text: text.config.text },
    vision: vision.vision,
    text: moved,
    activationBasis: assumed ? 'assumed' : 'stated',
    temperature: text.temperature ?? vision.temperature,
    files: new Map([
      ...vision.files,
      ...[...text.files].map(([key, bytes]) => [keys.get(key)!, bytes] as const),
    ]),
  };
}

/** `key`, or one like it when another file has that name already. */
function freeKey(taken: ReadonlyMap<string, Uint8Array>, key: string, bytes: Uint8Array): string {
  const holder = taken.get(key);
  return !holder || holder === bytes ? key : freeKey(taken, `text/${key}`, bytes);
}
