import { chooseWeights } from '../../src/clip/checkpoint/chooseWeights.ts';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import { activationNotes, pictureSettings } from '../../src/clip/pictureSettings.ts';
import { assertFinite, towerTensors } from '../../src/clip/values.ts';
import { vocabularyTokenizer } from '../../src/clip/vocabulary.ts';
import { LensError } from '../../src/errors.ts';
import { combineHashes, sha256 } from '../../src/images/hash.ts';
import type { JobOptions } from '../../src/progress.ts';
import { FILE_LIMIT, megabytes } from './fetchFile.ts';
import type { LoadedModel } from './loaded.ts';
import { exportPrecision, precisionOf, tokenizerOf } from './readModel.ts';

const JSON_LIMIT = 64 * 2 ** 20;
/**
 * Reads a model from files, or the files of a folder, that a person chose; what is no part of a model is passed
 * over. Nothing leaves the machine, and nothing is stored.
 * @throws LensError `bad-request` when no model is among them; as the reader does
 */
export async function readChosenFiles(files: readonly File[], job: JobOptions): Promise<LoadedModel> {
  const chosen = chooseWeights(files);
  if (chosen.length === 0) {
    throw new LensError(
      'bad-request',
      'There is no model among these files: choose a .safetensors or an .onnx file.',
    );
  }
  const total = chosen.reduce((sum, { size }) => sum + size, 0);
  if (total > FILE_LIMIT) {
    throw new LensError(
      'unsupported',
      `These ${megabytes(total)} are more than a page can hold; CLIP models that run here are smaller.`,
    );
  }
  const json = (...names: string[]): Promise<unknown> => readJson(files, names);
  const openClip = chosen.some(({ name }) => name.startsWith('open_clip_'));
  const config = await (openClip
    ? json('open_clip_config.json', 'config.json')
    : json('config.json', 'open_clip_config.json'));
  const settings = await json('preprocessor_config.json');
  const tokenizerJson = (await json('tokenizer.json')) ?? (await vocabularyOf(files));
  const read: { name: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
  let done = 0;
  for (const file of chosen) {
    job.onProgress?.({ stage: 'Reading the model', done, total, unit: 'bytes' });
    read.push({ name: file.name, bytes: await bytesOf(file) });
    if (job.signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
    done += file.size;
  }
  const weights = readCheckpoint(read, config);
  assertFinite(weights);
  const title = chosen.map(({ name }) => name).join(' and ');
  const { preprocessor, notes } = pictureSettings(settings, config, weights, title);
  const tokenizer = tokenizerOf(tokenizerJson, weights);
  const hashes = await Promise.all(read.map(({ bytes }) => sha256(bytes)));
  const hash = hashes.length === 1 ? hashes[0]! : await combineHashes(hashes);
  const precision = exportPrecision(chosen[0]!.name) ?? precisionOf(towerTensors(weights));
  return {
    facts: {
      id: `local-${hash.slice(0, 12)}`,
      title,
      hash,
      hashOf: hashes.length === 1 ? 'whole file' : 'all files',
      verified: 'none',
      bytes: total,
      precision,
      hasTexts: tokenizer !== undefined,
      noTexts: tokenizer
        ? undefined
        : weights.text
          ? 'No tokenizer.json was among the files, so this model cannot read texts. Choose it together with the weights.'
          : 'These files hold no text tower.',
      notes: [...notes, ...activationNotes(weights)],
    },
    weights,
    tokenizer,
    preprocessor,
    ...(precision === 'int8' && { exactness: 'int8 weights' as const }),
  };
}

/** A file's bytes, at most the first `length`. @throws LensError `unavailable` */
export async function bytesOf(file: File, length = file.size): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(0, length).arrayBuffer());
  } catch (cause) {
    throw new LensError(
      'unavailable',
      `${file.name} could not be read; it may have been moved or changed, or be too large for this page.`,
      { cause },
    );
  }
}

/** The first of these files that is there, parsed. */
async function readJson(files: readonly File[], names: readonly string[]): Promise<unknown> {
  const file = names.map((name) => files.find((one) => one.name === name)).find((one) => one !== undefined);
  if (!file) return undefined;
  if (file.size > JSON_LIMIT)
    throw new LensError('bad-file', `${file.name} is too large to be what its name says.`);
  try {
    return JSON.parse(await file.text());
  } catch (cause) {
    throw new LensError('bad-file', `${file.name} is not valid JSON.`, { cause });
  }
}

/** A tokenizer in its older form of two files. */
async function vocabularyOf(files: readonly File[]): Promise<unknown> {
  const vocabulary = await readJson(files, ['vocab.json']);
  const merges = files.find(({ name }) => name === 'merges.txt');
  if (!vocabulary || !merges || merges.size > JSON_LIMIT) return undefined;
  return vocabularyTokenizer(vocabulary, await merges.text());
}
