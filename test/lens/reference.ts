import { readdirSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import { floats, matrix } from '../../src/clip/values.ts';
import type { ClipWeights, Linear, Norm } from '../../src/clip/weights.ts';
import type { LinearValues, NormValues } from '../../src/lens/lensWeights.ts';
import { readNpy } from '../support/npy.ts';
import { sharedPath } from '../support/shared.ts';
import type { OracleTower } from './oracle.ts';

/** An array of the outputs of the authors' released code. */
export const reference = (name: string): Float32Array =>
  readNpy<Float32Array>(sharedPath('reference', 'small', `${name}.npy`)).data;

const MEAN = [0.48145467042922974, 0.45782750844955444, 0.40821072459220886];
const STD = [0.2686295509338379, 0.2613025903701782, 0.27577710151672363];

/** One of the 160 pictures, [3, 32, 32] as float32: the model's own size, so only normalised. */
export async function referencePicture(index: number): Promise<Float32Array> {
  const path = sharedPath('reference', 'small', 'images', pictureNames()[index]!);
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const area = info.width * info.height;
  return Float32Array.from({ length: 3 * area }, (_, i) => {
    const c = Math.floor(i / area);
    return Math.fround((data[(i % area) * 3 + c]! / 255 - MEAN[c]!) / STD[c]!);
  });
}

export const pictureNames = (): string[] =>
  readdirSync(sharedPath('reference', 'small', 'images'))
    .filter((name) => name.endsWith('.png'))
    .sort();

export type ReferenceFile = 'model' | 'open_clip_model';

/** The reference model from its Hugging Face or its OpenCLIP file: the same numbers. */
export function referenceWeights(file: ReferenceFile = 'model'): ClipWeights {
  const config: unknown = JSON.parse(readFileSync(sharedPath('reference', 'small', 'config.json'), 'utf8'));
  const bytes = readFileSync(sharedPath('reference', 'small', `${file}.safetensors`));
  return readCheckpoint(bytes, config);
}

/** The reference model in the form of the plain-loops oracle. */
export function referenceTower(weights = referenceWeights()): OracleTower {
  const { vision: config, dim } = weights.config;
  const { vision } = weights;
  if (!vision || !config) throw new Error('the reference model has an image tower');
  const norm = ({ gain, bias }: Norm): NormValues => ({
    gain: floats(weights, gain),
    bias: floats(weights, bias),
  });
  const linear = ({ weight, bias }: Linear): LinearValues => ({
    weight: matrix(weights, weight, 'in-out').data,
    bias: floats(weights, bias),
  });
  return {
    ...config,
    dim,
    eps: config.layerNormEps,
    patch: floats(weights, vision.patch),
    cls: floats(weights, vision.cls),
    position: floats(weights, vision.position),
    preNorm: norm(vision.preNorm),
    blocks: vision.blocks.map((block) => ({
      norm1: norm(block.norm1),
      query: linear(block.query),
      key: linear(block.key),
      value: linear(block.value),
      out: linear(block.out),
      norm2: norm(block.norm2),
      fc1: linear(block.fc1),
      fc2: linear(block.fc2),
    })),
    postNorm: norm(vision.postNorm),
    projection: matrix(weights, vision.projection, 'in-out').data,
  };
}
