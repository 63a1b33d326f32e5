import { isLensError, LensError } from '../../errors.ts';
import type { ClipConfig, TextConfig, TowerConfig, VisionConfig } from '../config.ts';
import { huggingFace } from './hugging-face.ts';
import { knownHeads } from './knownHeads.ts';
import type { Naming } from './naming.ts';
import { openClip } from './open-clip.ts';
import type { StoredTensor } from './safetensors.ts';
import type { StatedSizes, StatedTower } from './statedSizes.ts';

/** Sizes of towers, from the names and shapes of tensors and from what a config states. */

/** Names and shapes of tensors, of files or of a header alone. */
export interface Shapes {
  names(): string[];
  has(name: string): boolean;
  /** @throws LensError `bad-file` when there is no such tensor or axis */
  size(name: string, axis: number): number;
}

export interface TowerSizes<Config> {
  readonly config: Config;
  /** Of the joint space. */
  readonly dim: number;
}

const NAMINGS = [huggingFace, openClip];

export const namingOfVision = (table: Shapes): Naming | undefined =>
  NAMINGS.find(({ cls }) => table.has(cls));

export const namingOfText = (table: Shapes): Naming | undefined =>
  NAMINGS.find(({ token }) => table.has(token));

/** Sizes of an image tower as far as its tensors' shapes tell; undefined when they make none. */
export function sizesOf(tensors: readonly StoredTensor[]): ClipConfig | undefined {
  const table = shapesOf(tensors);
  const naming = namingOfVision(table);
  if (!naming) return undefined;
  try {
    const width = table.size(naming.cls, 0);
    const heads = width % 64 === 0 ? width / 64 : 1; // not to be seen in shapes
    const { config, dim } = visionSizes(table, naming, { vision: { heads }, text: {} });
    return { dim, vision: config };
  } catch (error) {
    if (isLensError(error)) return undefined; // said when the weights are read
    throw error;
  }
}

function shapesOf(tensors: readonly StoredTensor[]): Shapes {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  return {
    names: () => [...shapes.keys()],
    has: (name) => shapes.has(name),
    size(name, axis) {
      const size = shapes.get(name)?.[axis];
      if (!size) throw new LensError('bad-file', `Tensor ${name} has too few axes.`);
      return size;
    },
  };
}

/** @throws LensError `bad-file`, `bad-request`, `unsupported` for shapes that make no image tower */
export function visionSizes(table: Shapes, naming: Naming, stated: StatedSizes): TowerSizes<VisionConfig> {
  const dim = stated.dim ?? inferDim(table, naming.visionProjection);
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
  return { dim, config: { ...tower, imageSize, patchSize } };
}

/** @throws LensError `bad-file`, `bad-request`, `unsupported` for shapes that make no text tower */
export function textSizes(table: Shapes, naming: Naming, stated: StatedSizes): TowerSizes<TextConfig> {
  const dim = stated.dim ?? inferDim(table, naming.textProjection);
  const tower = towerConfig(
    table,
    naming,
    'text',
    stated.text,
    naming.textBlocks,
    table.size(naming.token, 1),
  );
  const vocabularySize = stated.text.vocabularySize ?? table.size(naming.token, 0);
  const contextLength = stated.text.contextLength ?? table.size(naming.textPosition, 0);
  return { dim, config: { ...tower, vocabularySize, contextLength } };
}

function towerConfig(
  table: Shapes,
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
function countBlocks(table: Shapes, prefix: string): number {
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

function inferDim(table: Shapes, { name, dimAxis }: Naming['visionProjection']): number {
  if (table.has(name)) return table.size(name, dimAxis);
  throw new LensError(
    'unsupported',
    `This checkpoint lacks ${name}, the projection into the joint image-text space; ` +
      'use a full CLIP checkpoint or one saved "WithProjection".',
  );
}
