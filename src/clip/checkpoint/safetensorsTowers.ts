import { LensError } from '../../errors.ts';
import type { TextConfig, TowerConfig, VisionConfig } from '../config.ts';
import { floats } from '../values.ts';
import type { ActivationBasis, TextWeights, VisionWeights } from '../weights.ts';
import type { CheckpointFile } from './checkpointFile.ts';
import { huggingFace } from './hugging-face.ts';
import { knownHeads } from './knownHeads.ts';
import type { Naming } from './naming.ts';
import { openClip } from './open-clip.ts';
import { otherArchitecture, refuseOthers } from './otherArchitecture.ts';
import type { Reading, TowerReading } from './reading.ts';
import type { StatedSizes, StatedTower } from './statedSizes.ts';
import { TensorTable } from './tensorTable.ts';

const NAMINGS = [huggingFace, openClip];

/**
 * The towers in one or several safetensors files with Hugging Face's or OpenCLIP's names, be it a file
 * a tower or shards. No weight is copied, but for BF16.
 *
 * Where nothing states them, heads are those of the known models of that width, and the activation is
 * `quick_gelu` for Hugging Face's names and exact `gelu` for OpenCLIP's, the defaults of the libraries.
 * @throws LensError see {@link readCheckpoint}
 */
export function readSafetensorsTowers(files: readonly CheckpointFile[], stated: StatedSizes): Reading {
  const table = new TensorTable(files);
  refuseOthers(table.names());
  const visionNaming = NAMINGS.find(({ cls }) => table.has(cls));
  const textNaming = NAMINGS.find(({ token }) => table.has(token));
  if (!visionNaming && !textNaming) throw otherArchitecture(table.names());
  const vision = visionNaming && readVision(table, visionNaming, stated);
  const text = textNaming && readText(table, textNaming, stated);
  const scale = logitScale(table);
  const reading = { ...(vision && { vision }), ...(text && { text }), files: table.files() };
  return scale ? { ...reading, temperature: Math.exp(floats(reading, scale)[0] as number) } : reading;
}

function readVision(
  table: TensorTable,
  naming: Naming,
  stated: StatedSizes,
): TowerReading<VisionConfig, VisionWeights> {
  const dim = stated.dim ?? inferDim(table, naming.visionProjection);
  const config = visionConfig(table, naming, stated);
  const weights = naming.vision(table, config, dim);
  return { config, weights, dim, activationBasis: basis(stated.vision), from: table.fileOf(naming.cls) };
}

function readText(
  table: TensorTable,
  naming: Naming,
  stated: StatedSizes,
): TowerReading<TextConfig, TextWeights> {
  const dim = stated.dim ?? inferDim(table, naming.textProjection);
  const config = textConfig(table, naming, stated);
  const weights = naming.text(table, config, dim);
  return { config, weights, dim, activationBasis: basis(stated.text), from: table.fileOf(naming.token) };
}

const basis = ({ activation }: StatedTower): ActivationBasis => (activation ? 'stated' : 'assumed');

function inferDim(table: TensorTable, { name, dimAxis }: Naming['visionProjection']): number {
  if (table.has(name)) return table.size(name, dimAxis);
  throw new LensError(
    'unsupported',
    `This checkpoint lacks ${name}, the projection into the joint image-text space; ` +
      'use a full CLIP checkpoint or one saved "WithProjection".',
  );
}

function visionConfig(table: TensorTable, naming: Naming, stated: StatedSizes): VisionConfig {
  const tower = towerConfig(
    table,
    naming,
    'vision',
    stated.vision,
    naming.visionBlocks,
    table.size(naming.cls, 0),
  );
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
  const tower = towerConfig(
    table,
    naming,
    'text',
    stated.text,
    naming.textBlocks,
    table.size(naming.token, 1),
  );
  return {
    ...tower,
    vocabularySize: stated.text.vocabularySize ?? table.size(naming.token, 0),
    contextLength: stated.text.contextLength ?? table.size(naming.textPosition, 0),
  };
}

function towerConfig(
  table: TensorTable,
  naming: Naming,
  tower: 'vision' | 'text',
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
  const heads = stated.heads ?? knownHeads(tower, width);
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

/** A scalar, or one value in an array. */
const logitScale = (table: TensorTable) =>
  table.has('logit_scale')
    ? table.tensor('logit_scale', table.isScalar('logit_scale') ? [] : [1])
    : undefined;
