import { LensError } from '../../errors.ts';
import type { ClipWeights } from '../weights.ts';
import type { CheckpointFile } from './checkpointFile.ts';
import { readOnnxTowers } from './onnx/read-onnx.ts';
import { combine } from './reading.ts';
import { readSafetensorsTowers } from './safetensorsTowers.ts';
import { formatOf } from './sniff.ts';
import { statedSizes } from './statedSizes.ts';

export type { CheckpointFile } from './checkpointFile.ts';

/**
 * Reads a CLIP checkpoint from one file or several, such as an image tower and a text tower, in any
 * order and of any format we read. Sizes come from the parsed `config.json` (or `open_clip_config.json`)
 * where it states them, else from the files; every tensor's shape is checked against them. Weights are
 * byte ranges of the files and are not copied, unless they must be converted.
 *
 * @throws LensError `bad-file` when bytes, tensors and config do not agree; `unsupported` for a model
 * that is not CLIP with a vision transformer, and for other kinds of files; `bad-request` when only a
 * config could tell the heads, or when files hold the same tower.
 */
export function readCheckpoint(files: Uint8Array | readonly CheckpointFile[], config?: unknown): ClipWeights {
  const given = files instanceof Uint8Array ? [{ name: 'model.safetensors', bytes: files }] : files;
  if (given.length === 0) throw new LensError('bad-request', 'No model file was given.');
  if (new Set(given.map(({ name }) => name)).size < given.length) {
    throw new LensError('bad-request', 'Two of the model files have the same name.');
  }
  const stated = statedSizes(config);
  const onnx = given.filter((file) => formatOf(file) === 'onnx');
  const safetensors = given.filter((file) => !onnx.includes(file));
  const readings = onnx.map((file) => readOnnxTowers(file, stated)); // first: they may name other files as theirs
  if (safetensors.length > 0) readings.push(readSafetensorsTowers(safetensors, stated));
  return combine(readings);
}
