import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import type { VisionConfig } from '../src/clip/config.ts';
import { preprocessor } from '../src/clip/preprocess.ts';
import { loadTokenizer } from '../src/clip/tokenizer.ts';
import { assertFinite } from '../src/clip/values.ts';
import type { ClipWeights } from '../src/clip/weights.ts';
import type { Engine, PixelSource } from '../src/engine/engine.ts';
import { pixelSource } from '../src/engine/pixels.ts';
import { LensError } from '../src/errors.ts';
import { sha256 } from '../src/images/hash.ts';
import type { PictureSource } from '../src/images/picture.ts';
import { parseJson, readBytes, requireFolder } from './folder.ts';

/** A model folder, read and checked; the engine starts when it is asked for. */
export interface Model {
  readonly name: string;
  /** SHA-256 of the weight file. */
  readonly hash: string;
  readonly weights: ClipWeights;
  readonly vision: VisionConfig;
  /** True when texts can be embedded: a text tower and its tokenizer are there. */
  readonly hasTextTower: boolean;
  /** Pictures pre-processed as the model's folder says. */
  pixels(pictures: PictureSource): PixelSource;
  openEngine(threads: number | undefined): Promise<Engine>;
}

/**
 * Opens a folder as Hugging Face lays it out: config.json, preprocessor_config.json, model.safetensors
 * and, for texts, tokenizer.json.
 * @throws LensError `unavailable` (a file is missing; no image tower), `bad-file` or `unsupported` (not a CLIP)
 */
export async function openModel(folder: string): Promise<Model> {
  await requireFolder(folder);
  const json = async (name: string) => parseJson(await readBytes(join(folder, name)), join(folder, name));
  const config = await json('config.json');
  const settings = await json('preprocessor_config.json');
  const bytes = await readBytes(join(folder, 'model.safetensors'));
  const weights = readCheckpoint(bytes, config);
  assertFinite(weights);
  const { vision, text } = weights.config;
  const name = basename(resolve(folder));
  if (!vision)
    throw new LensError('unavailable', `${name} has no image tower, whose neurons are studied here.`);
  const prepare = preprocessor(settings, vision.imageSize);
  if (prepare.imageSize !== vision.imageSize) {
    throw new LensError(
      'bad-file',
      `${name} prepares pictures of ${prepare.imageSize} pixels, but its model wants ${vision.imageSize}.`,
    );
  }
  const tokenizer =
    text && existsSync(join(folder, 'tokenizer.json'))
      ? loadTokenizer(await json('tokenizer.json'), text.contextLength)
      : undefined;
  return {
    name,
    hash: await sha256(bytes),
    weights,
    vision,
    hasTextTower: tokenizer !== undefined,
    pixels: (pictures) => pixelSource(pictures, prepare),
    openEngine: async (threads) => {
      const { openNodeEngine } = await import('../src/engine/nodeEngine.ts');
      return openNodeEngine({ weights, tokenizer, ...(threads !== undefined && { threads }) });
    },
  };
}

/**
 * The blocks asked for, ascending; `all` are those that a later head reads.
 * @throws LensError `bad-request` for a block that the model has not, or the last one
 */
export function chooseBlocks(asked: 'all' | readonly number[], { layers }: VisionConfig): readonly number[] {
  const readable = Array.from({ length: layers - 1 }, (_, block) => block);
  if (asked === 'all') return readable;
  for (const block of asked) {
    if (block < layers - 1) continue;
    const reason = block === layers - 1 ? 'it is the last, and no head reads it' : `it has ${layers} blocks`;
    throw new LensError(
      'bad-request',
      `Block ${block} of this model cannot be analysed: ${reason}; choose from 0 to ${layers - 2}.`,
    );
  }
  return [...asked].sort((a, b) => a - b);
}
