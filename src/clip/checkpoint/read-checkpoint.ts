import { LensError } from '../../errors.ts';
import type { ClipConfig, TextConfig, TowerConfig, VisionConfig } from '../config.ts';
import { floats } from '../values.ts';
import type { ClipWeights } from '../weights.ts';
import { huggingFace } from './hugging-face.ts';
import type { Naming } from './naming.ts';
import { openClip } from './open-clip.ts';
import { otherArchitecture } from './otherArchitecture.ts';
import { type StatedSizes, type StatedTower, statedSizes } from './statedSizes.ts';
import { TensorTable } from './tensorTable.ts';

/**
 * Reads a CLIP checkpoint in one safetensors file, with Hugging Face's or OpenCLIP's names. Sizes come
 * from the parsed `config.json` (or `open_clip_config.json`) where it states them, else from the
 * tensors' shapes; every tensor's shape is checked against them. No weight is copied, but for BF16.
 *
 * Without a config: heads are W/64; the activation is `quick_gelu` for Hugging Face's names and exact
 * `gelu` for OpenCLIP's, the defaults of the two libraries.
 *
 * @throws LensError `bad-file` when bytes, tensors and config do not agree; `unsupported` for a model
 * that is not CLIP with a vision transformer; `bad-request` when only a config could tell the heads.
 */
export function readCheckpoint(bytes: Uint8Array, config?: unknown): ClipWeights {
  const table = new TensorTable(bytes);
  const stated = statedSizes(config);
  const naming = [huggingFace, openClip].find(({ cls, token }) => table.has(cls) || table.has(token));
  if (!naming) throw otherArchitecture(table.names());

  const dim = stated.dim ?? inferDim(table, naming);
  const clip: ClipConfig = {
    dim,
    ...(table.has(naming.cls) && { vision: visionConfig(table, naming, stated) }),
    ...(table.has(naming.token) && { text: textConfig(table, naming, stated) }),
  };
  const weights: ClipWeights = {
    config: clip,
    ...(clip.vision && { vision: naming.vision(table, clip.vision, dim) }),
    ...(clip.text && { text: naming.text(table, clip.text, dim) }),
    files: table.files,
  };
  return { ...weights, temperature: temperature(table, weights) };
}

function inferDim(table: TensorTable, { cls, visionProjection, textProjection }: Naming): number {
  const { name, dimAxis } = table.has(cls) ? visionProjection : textProjection;
  if (table.has(name)) return table.size(name, dimAxis);
  throw new LensError(
    'unsupported',
    `This checkpoint lacks ${name}, the projection into the joint image-text space; ` +
      'use a full CLIP checkpoint or one saved "WithProjection".',
  );
}

function visionConfig(table: TensorTable, naming: Naming, stated: StatedSizes): VisionConfig {
  const tower = towerConfig(table, naming, stated.vision, naming.visionBlocks, table.size(naming.cls, 0));
  const patchSize = stated.vision.patchSize ?? table.size(naming.patch, 3);
  const side = Math.sqrt(table.size(naming.visionPosition, 0) - 1);
  if (!Number.isInteger(side) || side < 1) {
    throw new LensError(
      'bad-file',
      `${naming.visionPosition} does not hold a square grid of patches and CLS.`,
    );
  }
  const imageSize = stated.vision.imageSize ?? side * patchSize;
  if (imageSize !== side * patchSize) {
    throw new LensError(
      'bad-file',
      `The config asks for ${imageSize}-pixel pictures, but the weights are for ${side * patchSize} pixels.`,
    );
  }
  return { ...tower, imageSize, patchSize };
}

function textConfig(table: TensorTable, naming: Naming, stated: StatedSizes): TextConfig {
  const tower = towerConfig(table, naming, stated.text, naming.textBlocks, table.size(naming.token, 1));
  return {
    ...tower,
    vocabularySize: stated.text.vocabularySize ?? table.size(naming.token, 0),
    contextLength: stated.text.contextLength ?? table.size(naming.textPosition, 0),
  };
}

function towerConfig(
  table: TensorTable,
  naming: Naming,
  stated: StatedTower,
  blocks: string,
  widthInFile: number,
): TowerConfig {
  const width = stated.width ?? widthInFile;
  const layers = countBlocks(table, blocks);
  if (layers === 0) throw new LensError('bad-file', `The checkpoint has no blocks (${blocks}0 …).`);
  if (stated.layers !== undefined && stated.layers !== layers) {
    throw new LensError('bad-file', `The config states ${stated.layers} blocks, the weights have ${layers}.`);
  }
  const heads = stated.heads ?? width / 64;
  if (!Number.isInteger(heads) || width % heads !== 0) {
    throw new LensError(
      stated.heads === undefined ? 'bad-request' : 'bad-file',
      `A width of ${width} cannot be split into ${heads} heads; give the config.json that belongs to the weights.`,
    );
  }
  return {
    width,
    layers,
    heads,
    neurons: stated.neurons ?? table.size(`${blocks}0.${naming.fc1}.weight`, 0),
    activation: stated.activation ?? naming.defaultActivation,
    layerNormEps: stated.layerNormEps ?? 1e-5,
  };
}

/** One more than the largest block number; a gap shows up as a missing tensor later. */
function countBlocks(table: TensorTable, prefix: string): number {
  const numbers = table
    .names()
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number.parseInt(name.slice(prefix.length), 10))
    .filter((number) => number >= 0);
  const blocks = new Set(numbers).size;
  const last = numbers.reduce((max, number) => Math.max(max, number), -1);
  if (last + 1 !== blocks)
    throw new LensError('bad-file', `The blocks ${prefix}… are not numbered 0, 1, 2, ….`);
  return blocks;
}

/** exp(logit_scale); a scalar, or one value in an array. */
function temperature(table: TensorTable, weights: ClipWeights): number | undefined {
  if (!table.has('logit_scale')) return undefined;
  const shape = table.isScalar('logit_scale') ? [] : [1];
  const [scale] = floats(weights, table.tensor('logit_scale', shape));
  return Math.exp(scale as number);
}
