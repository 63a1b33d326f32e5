import { byteCount } from '../../src/clip/checkpoint/byteRanges.ts';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import type { StoredTensor } from '../../src/clip/checkpoint/safetensors.ts';
import {
  subsetFile,
  type TowerPart,
  type TowerParts,
  towerRanges,
} from '../../src/clip/checkpoint/towerRanges.ts';
import { configJson } from '../../src/clip/configJson.ts';
import { activationNotes, pictureSettings } from '../../src/clip/pictureSettings.ts';
import { assertFinite } from '../../src/clip/values.ts';
import type { ClipWeights } from '../../src/clip/weights.ts';
import { breather } from '../../src/engine/running/breathe.ts';
import { isLensError, LensError } from '../../src/errors.ts';
import { sha256 } from '../../src/images/hash.ts';
import type { JobOptions } from '../../src/progress.ts';
import type { ModelInfo } from '../protocol.ts';
import type { Content } from './content.ts';
import { type Entry, isWeights } from './entry.ts';
import { type Fetching, fetchJson, WeightFile } from './fetchFile.ts';
import type { LateText, LoadedModel } from './loaded.ts';
import { exportPrecision, precisionOf, tokenizerOf } from './readModel.ts';
import { hasHeader, type Recipe } from './recipe.ts';
import type { Patience } from './remoteFile.ts';
import { FileChanged } from './request.ts';
import type { ModelStore } from './store.ts';

type Tower = 'vision' | 'text';

const STAGE: Readonly<Record<Tower, string>> = {
  vision: 'Downloading the image tower',
  text: 'Downloading the text tower',
};
const NAME: Readonly<Record<Tower, 'image tower' | 'text tower'>> = {
  vision: 'image tower',
  text: 'text tower',
};
/** Bytes copied from the disk between two looks at the message queue. */
const COPY_BYTES = 16 * 2 ** 20;
/** What no tower needs of a file is fetched too, for the hash of the whole, if it is so little. */
const REST_BYTES = 2 ** 20;

/** A tower's bytes as a file of their own, and what they are. */
interface TowerFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly precision: string;
  readonly hashOf: ModelInfo['hashOf'];
}

/**
 * Reads a model from the store, fetching what is missing of its image tower; a model with texts only is read
 * whole. The text tower of others comes with the result's `loadText`.
 * @throws LensError
 */
export async function fetchModel(
  recipe: Recipe,
  store: ModelStore,
  job: JobOptions,
  patience?: Patience,
): Promise<LoadedModel> {
  return store.use(recipe, job, async (entry) => {
    const fetching: Fetching = { entry, disk: store.disk, job, pinned: recipe.pinned, patience };
    const first = (): ReturnType<typeof firstTower> => firstTower(recipe, fetching);
    const { tower, file, other } = await doubting(recipe, fetching, () =>
      startingOver(recipe, fetching, first),
    );
    const config = recipe.catalogue
      ? configJson(recipe.catalogue.config)
      : await fetchJson('config', fetching);
    const settings = recipe.catalogue ? {} : await fetchJson('preprocessor', fetching);
    const tokenizerJson = await fetchJson('tokenizer', fetching);
    const weights = await doubting(recipe, fetching, () => readTower(tower, file, config));
    const { preprocessor, notes } = pictureSettings(settings, config, weights, recipe.title);
    const hash = await sha256(file.bytes);
    const id = recipe.id ?? `local-${hash.slice(0, 12)}`;
    entry.note.id = id;
    noteTower(entry, tower);
    const verified = await verify(recipe, fetching);

    const whole = weights.vision !== undefined && weights.text !== undefined;
    const late = tower === 'vision' && !whole && other;
    const noTexts = textsMissing(weights.text !== undefined || late, tokenizerJson);
    const lateText = (textJob: JobOptions): Promise<LateText> =>
      fetchText(recipe, store, { config, tokenizerJson }, textJob, patience);
    return {
      facts: {
        id,
        title: recipe.title,
        hash,
        hashOf: file.hashOf,
        verified,
        bytes: file.bytes.length,
        precision: file.precision,
        hasTexts: noTexts === undefined,
        noTexts,
        notes: [...notes, ...activationNotes(weights), ...store.notes],
      },
      weights,
      tokenizer: tokenizerOf(tokenizerJson, weights),
      preprocessor,
      ...(late && noTexts === undefined && { loadText: lateText }),
      outputsOf: recipe.catalogue?.outputsOf,
      ...(file.precision === 'int8' && { exactness: 'int8 weights' as const }),
    };
  });
}

function textsMissing(hasTower: boolean, tokenizerJson: unknown): string | undefined {
  if (!hasTower) return 'This model has no text tower.';
  return tokenizerJson === undefined
    ? 'There is no tokenizer.json beside this model, so it cannot read texts.'
    : undefined;
}

/** @throws LensError `bad-file`, `unsupported` */
async function readTower(tower: Tower, { bytes }: TowerFile, config: unknown): Promise<ClipWeights> {
  const weights = readCheckpoint([{ name: NAME[tower], bytes }], config);
  assertFinite(weights);
  return weights;
}

/**
 * Runs `work` on files from the disk; when they turn out to be bad, those that were here before and do not have
 * their hash (any more) are deleted.
 */
async function doubting<T>(recipe: Recipe, fetching: Fetching, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isLensError(cause) || cause.tag !== 'bad-file') throw cause;
    let damaged = false;
    for (const file of weightFilesOf(recipe, fetching)) {
      const { content, record } = file;
      if (content.grown || content.have.length === 0) continue;
      const hash = content.checked && (await content.sha256(breather(fetching.job.signal)));
      if (hash === record.sha256) continue;
      await file.reset();
      damaged = true;
    }
    if (!damaged) throw cause;
    throw new LensError(
      'bad-file',
      `What was stored of ${recipe.title} could not be read and was deleted. Load it again. (${cause.message})`,
      { cause },
    );
  }
}

/** Runs `work`; when the file on the server is no longer the one of which we have parts, once more from nothing. */
async function startingOver<T>(recipe: Recipe, fetching: Fetching, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileChanged)) throw error;
    for (const file of weightFilesOf(recipe, fetching)) await file.reset();
    return work();
  }
}

function weightFilesOf(recipe: Recipe, fetching: Fetching): WeightFile[] {
  return recipe.files.flatMap((known) => {
    const record = isWeights(known) && fetching.entry.record(known.role);
    return record ? [new WeightFile(record, known, fetching)] : [];
  });
}

function fileOf(recipe: Recipe, fetching: Fetching, tower: Tower): WeightFile | undefined {
  const files = weightFilesOf(recipe, fetching);
  return (
    files.find(({ record }) => record.role === tower) ?? files.find(({ record }) => record.role === 'weights')
  );
}

/** The image tower, or the text tower of a model that has no other; and whether the other one is there too. */
async function firstTower(
  recipe: Recipe,
  fetching: Fetching,
): Promise<{ tower: Tower; file: TowerFile; other: boolean }> {
  const weights = fileOf(recipe, fetching, 'vision');
  if (!weights) throw new LensError('bad-file', `${recipe.title} names no weight file.`);
  if (!recipe.pinned && weights.content.have.length > 0) await stillThere(weights, fetching);
  if (!hasHeader(weights.record.url)) {
    const file = await wholeFile(weights, STAGE.vision, fetching);
    return { tower: 'vision', file, other: fetching.entry.record('text') !== undefined };
  }
  const parts = towerRanges(await weights.tensors());
  const tower: Tower = parts.vision ? 'vision' : 'text';
  const file = await towerFile(weights, parts, tower, fetching);
  return { tower, file, other: tower === 'vision' && parts.text !== undefined };
}

/** Compares with the server where it can be reached; where it cannot, what is here is what there is. */
async function stillThere(weights: WeightFile, { job }: Fetching): Promise<void> {
  try {
    await weights.revalidate();
  } catch (error) {
    if (error instanceof FileChanged || job.signal?.aborted) throw error;
  }
}

async function towerFile(
  weights: WeightFile,
  parts: TowerParts,
  tower: Tower,
  fetching: Fetching,
): Promise<TowerFile> {
  const part = parts[tower];
  if (!part) throw new LensError('unavailable', `This model has no ${NAME[tower]}.`);
  await weights.fetch(part.ranges, STAGE[tower]);
  return {
    bytes: await readPart(weights.content, part, fetching.job),
    precision: precisionOf(part.tensors),
    hashOf: NAME[tower],
  };
}

/** Copies a tower out of the stored file, as a safetensors file of its own. */
async function readPart(
  content: Content,
  part: TowerPart,
  job: JobOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { header, copies, length } = subsetFile(part.tensors as readonly StoredTensor[]);
  const bytes = room(length);
  bytes.set(header);
  const breathe = breather(job.signal);
  for (const copy of copies) {
    for (let done = 0; done < copy.length; done += COPY_BYTES) {
      const size = Math.min(COPY_BYTES, copy.length - done);
      content.read(copy.from + done, bytes.subarray(copy.to + done, copy.to + done + size));
      job.onProgress?.({
        stage: 'Reading the model',
        done: copy.to + done + size,
        total: length,
        unit: 'bytes',
      });
      await breathe();
    }
  }
  return bytes;
}

async function wholeFile(weights: WeightFile, stage: string, { job }: Fetching): Promise<TowerFile> {
  await weights.fetchAll(stage);
  const { content, record } = weights;
  const bytes = room(content.size ?? 0);
  const breathe = breather(job.signal);
  for (let at = 0; at < bytes.length; at += COPY_BYTES) {
    content.read(at, bytes.subarray(at, Math.min(bytes.length, at + COPY_BYTES)));
    await breathe();
  }
  return { bytes, precision: exportPrecision(record.url) ?? 'float32', hashOf: 'whole file' };
}

function room(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new LensError(
      'out-of-memory',
      `The model's ${Math.ceil(length / 1e6)} MB do not fit into this page's memory. Close other tabs, or take a smaller model.`,
      { cause },
    );
  }
}

/** Fetches and reads the text tower of a model whose image tower is running. */
async function fetchText(
  recipe: Recipe,
  store: ModelStore,
  { config, tokenizerJson }: { config: unknown; tokenizerJson: unknown },
  job: JobOptions,
  patience: Patience | undefined,
): Promise<LateText> {
  return store.use(recipe, job, async (entry) => {
    const fetching: Fetching = { entry, disk: store.disk, job, pinned: recipe.pinned, patience };
    const file = fileOf(recipe, fetching, 'text');
    if (!file) throw new LensError('unavailable', 'This model has no text tower.');
    let text: TowerFile;
    try {
      if (!recipe.pinned && file.content.have.length > 0) await stillThere(file, fetching);
      text = hasHeader(file.record.url)
        ? await towerFile(file, towerRanges(await file.tensors()), 'text', fetching)
        : await wholeFile(file, STAGE.text, fetching);
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error;
      for (const weights of weightFilesOf(recipe, fetching)) await weights.reset();
      throw new LensError(
        'unavailable',
        'The model changed on its server since its image tower was fetched, and the two would not fit together. Open the model again.',
      );
    }
    const weights = await doubting(recipe, fetching, () => readTower('text', text, config));
    const tokenizer = tokenizerOf(tokenizerJson, weights);
    if (!tokenizer)
      throw new LensError('unavailable', 'This model came without tokenizer.json, so it cannot read texts.');
    noteTower(entry, 'text');
    return { weights, tokenizer, verified: await verify(recipe, fetching) };
  });
}

function noteTower(entry: Entry, tower: Tower): void {
  if (!entry.note.towers.includes(tower)) entry.note.towers.push(tower);
  entry.commit();
}

/**
 * Holds what is here against what is known beforehand: the hash of every weight file that is here to the last
 * byte, else their sizes.
 * @throws LensError `bad-file` for a file with another hash; it is deleted
 */
async function verify(recipe: Recipe, fetching: Fetching): Promise<ModelInfo['verified']> {
  const grades = new Set<ModelInfo['verified']>();
  for (const file of weightFilesOf(recipe, fetching)) {
    if (file.content.have.length > 0) grades.add(await verifyFile(file, fetching));
  }
  return (['none', 'size', 'sha256'] as const).find((grade) => grades.has(grade)) ?? 'none';
}

async function verifyFile(file: WeightFile, { job }: Fetching): Promise<ModelInfo['verified']> {
  const { known, content } = file;
  await fetchRest(file);
  if (known.sha256 === undefined || !content.whole) {
    return known.bytes !== undefined && known.bytes === content.size ? 'size' : 'none';
  }
  if (content.checked) return 'sha256';
  job.onProgress?.({ stage: 'Checking the file', done: 0, total: 1 });
  if ((await content.sha256(breather(job.signal))) === known.sha256) {
    content.markChecked();
    return 'sha256';
  }
  await file.reset();
  throw new LensError(
    'bad-file',
    `${known.url} was damaged on its way or is another file: its SHA-256 is not the known one. It was deleted; load it again.`,
  );
}

/** Header and padding between the towers' tensors, once all of these are here. */
async function fetchRest(file: WeightFile): Promise<void> {
  const { content } = file;
  if (content.size === undefined || content.whole) return;
  const rest = byteCount(content.missing([[0, content.size]]));
  if (rest <= REST_BYTES) await file.fetch([[0, content.size]], 'Checking the file');
}
