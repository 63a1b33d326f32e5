import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { chooseWeights } from '../src/clip/checkpoint/chooseWeights.ts';
import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import type { VisionConfig } from '../src/clip/config.ts';
import { activationNotes, pictureSettings } from '../src/clip/pictureSettings.ts';
import type { Preprocessor } from '../src/clip/preprocess.ts';
import { loadTokenizer } from '../src/clip/tokenizer.ts';
import { assertFinite } from '../src/clip/values.ts';
import { vocabularyTokenizer } from '../src/clip/vocabulary.ts';
import type { ClipWeights } from '../src/clip/weights.ts';
import type { DeviceWish } from '../src/engine/backends/nodeDevice.ts';
import type { Engine, PixelSource } from '../src/engine/engine.ts';
import { pixelSource } from '../src/engine/pixels.ts';
import { LensError } from '../src/errors.ts';
import { combineHashes, sha256 } from '../src/images/hash.ts';
import type { PictureSource } from '../src/images/picture.ts';
import { parseJson, readBytes, requireFolder } from './folder.ts';
import type { ProgressLine } from './progressLine.ts';

/** A model folder, read and checked; the engine starts when it is asked for. */
export interface Model {
  readonly name: string;
  /** SHA-256 of the weight file, or of the files' hashes. */
  readonly hash: string;
  readonly weights: ClipWeights;
  readonly vision: VisionConfig;
  /** Name of the one image set it was trained for, where its config.json says so (`trained_on`). */
  readonly trainedOn: string | undefined;
  /** True when texts can be embedded: a text tower and its tokenizer are there. */
  readonly hasTextTower: boolean;
  /** What had to be assumed, in sentences. */
  readonly notes: readonly string[];
  /** Makes of a picture what the image tower reads, as the model's folder says. */
  readonly preprocessor: Preprocessor;
  /** Pictures pre-processed so. */
  pixels(pictures: PictureSource): PixelSource;
  /** Starts it: on the processor unless a device is wished for. Throws LensError `unavailable` without that device. */
  openEngine(threads: number | undefined, device?: DeviceWish): Promise<Engine>;
}

/**
 * Opens what the explorer opens: a folder as Hugging Face lays it out (model.safetensors or its shards), as
 * OpenCLIP does (open_clip_model.safetensors, open_clip_config.json), or with ONNX exports (in it or in its
 * folder `onnx`); preprocessor_config.json and, for texts, tokenizer.json beside them.
 * @param wanted name of the weight file, where the folder holds several; see `chooseWeights`
 * @throws LensError `unavailable` (a file is missing; no image tower), `bad-file` or `unsupported` (not a CLIP),
 * `bad-request` (no such weight file)
 */
export async function openModel(folder: string, wanted?: string): Promise<Model> {
  const files = await modelFiles(folder);
  const name = basename(resolve(folder));
  const chosen = chooseWeights(files, wanted === undefined ? undefined : basename(wanted));
  if (chosen.length === 0) {
    throw new LensError('unavailable', `${folder} holds no model: no .safetensors or .onnx file is in it.`);
  }
  const config = await modelConfig(files, chosen);
  const read: { name: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
  for (const file of chosen) read.push({ name: file.name, bytes: await weightBytes(file.path) });
  const weights = readCheckpoint(read, config);
  assertFinite(weights);
  const { vision, text } = weights.config;
  if (!vision)
    throw new LensError('unavailable', `${name} has no image tower, whose neurons are studied here.`);
  const settings = await parsed(files, 'preprocessor_config.json');
  const { preprocessor, notes } = pictureSettings(settings, config, weights, name);
  const words = text && (await tokenizerJson(files));
  const tokenizer = text && words !== undefined ? loadTokenizer(words, text.contextLength) : undefined;
  return {
    name,
    hash: await hashOf(read.map(({ bytes }) => bytes)),
    weights,
    vision,
    trainedOn: trainedOn(config),
    hasTextTower: tokenizer !== undefined,
    notes: [...notes, ...activationNotes(weights)],
    preprocessor,
    pixels: (pictures) => pixelSource(pictures, preprocessor),
    openEngine: async (threads, device) => {
      const { openNodeEngine } = await import('../src/engine/nodeEngine.ts');
      const budget = analysisBudget();
      return openNodeEngine({
        weights,
        tokenizer,
        budget,
        device,
        ...(threads !== undefined && { threads }),
      });
    },
  };
}

function trainedOn(config: unknown): string | undefined {
  const stated = (config as { trained_on?: unknown } | undefined)?.trained_on;
  return typeof stated === 'string' ? stated : undefined;
}

const LEAST_BUDGET = 384 * 2 ** 20;
const MOST_BUDGET = 4 * 2 ** 30;

/**
 * Bytes an analysis may keep of the images: a quarter of what is free. The more, the more blocks share a sweep of
 * forward passes; the numbers do not depend on it. For all blocks of ViT-B/32, 2,000 images take 3.4 GB.
 */
export const analysisBudget = (free = process.availableMemory()): number =>
  Math.max(LEAST_BUDGET, Math.min(MOST_BUDGET, Math.floor(free / 4)));

interface ModelFile {
  readonly name: string;
  readonly path: string;
}

/** Files of a folder and of its folder `onnx`, where exports lie; the same name counts once. */
async function modelFiles(folder: string): Promise<ModelFile[]> {
  await requireFolder(folder);
  const files = new Map<string, string>();
  for (const place of [folder, join(folder, 'onnx')]) {
    const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
    for (const { name } of entries.filter((entry) => !entry.isDirectory())) {
      if (!files.has(name)) files.set(name, join(place, name));
    }
  }
  return [...files].map(([name, path]) => ({ name, path }));
}

/** The config that belongs to the weights: repositories of OpenCLIP often hold Hugging Face's, too. */
async function modelConfig(files: readonly ModelFile[], chosen: readonly ModelFile[]): Promise<unknown> {
  const names = ['config.json', 'open_clip_config.json'];
  if (chosen.some(({ name }) => name.startsWith('open_clip_'))) names.reverse();
  return (await parsed(files, names[0]!)) ?? (await parsed(files, names[1]!));
}

/** tokenizer.json, or the two files that older repositories have in its place. */
async function tokenizerJson(files: readonly ModelFile[]): Promise<unknown> {
  const merges = files.find(({ name }) => name === 'merges.txt');
  const whole = await parsed(files, 'tokenizer.json');
  const vocabulary = whole === undefined && merges ? await parsed(files, 'vocab.json') : undefined;
  if (vocabulary === undefined || !merges) return whole;
  return vocabularyTokenizer(vocabulary, new TextDecoder().decode(await readBytes(merges.path)));
}

/** A JSON file's value; undefined where it is not there. */
async function parsed(files: readonly ModelFile[], name: string): Promise<unknown> {
  const file = files.find((each) => each.name === name);
  return file && parseJson(await readBytes(file.path), file.path);
}

/** What Node reads into one buffer. */
const MOST_BYTES = 2 ** 31 - 1;

async function weightBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await stat(path);
  if (size <= MOST_BYTES) return readBytes(path);
  throw new LensError(
    'unsupported',
    `${path} has ${(size / 1e9).toFixed(1)} GB; files of up to 2 GB are read. ` +
      'Use a smaller model, one split into files, or one stored in half precision.',
  );
}

async function hashOf(files: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  const hashes = await Promise.all(files.map((bytes) => sha256(bytes)));
  return hashes.length === 1 ? hashes[0]! : combineHashes(hashes);
}

/** What of a command's options says which model runs, and where. */
export interface ModelValues {
  readonly model: string;
  readonly weights?: string | undefined;
  readonly device: DeviceWish;
}

/**
 * The model that a command's options name, with what had to be assumed of it told; so is, when its engine opens, that it does not run
 * on a GPU, and why. Throws as {@link openModel}.
 */
export async function openModelOf(
  { model: folder, weights, device }: ModelValues,
  progress: Pick<ProgressLine, 'note'>,
): Promise<Model> {
  const model = await openModel(folder, weights);
  for (const note of model.notes) progress.note(note);
  return {
    ...model,
    openEngine: async (threads, wish = device) => {
      const engine = await model.openEngine(threads, wish);
      const { fallbackReason, provider } = engine.backend;
      if (fallbackReason !== undefined) progress.note(fallbackReason);
      else if (provider !== 'cpu') progress.note(`The model runs on ${provider}.`);
      return engine;
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
