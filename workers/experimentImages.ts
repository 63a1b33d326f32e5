import type { Engine, PixelSource } from '../src/engine/engine.ts';
import { LensError } from '../src/errors.ts';
import { fetchPicture } from '../src/images/decode.ts';
import { fileSource } from '../src/images/files.ts';
import { hashFiles, sha256 } from '../src/images/hash.ts';
import type { PictureSource } from '../src/images/picture.ts';
import { parseSetIndex, type SetIndex, sheetSource } from '../src/images/sheets.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import type { ClassEmbeddings } from '../src/lens/zeroShot.ts';
import type { JobOptions } from '../src/progress.ts';
import {
  classNamesOf,
  embedClasses,
  type LabelledImages,
  labelsOfSet,
  type Part,
  partsOfSet,
} from '../src/studies/labelledImages.ts';
import { download } from './download.ts';
import type { ExperimentRequest, OwnLabels } from './experimentProtocol.ts';
import type { SetSource } from './protocol.ts';

/** The picture set of an experiment, with its classes. */
export interface ExperimentImages extends LabelledImages {
  readonly name: string;
  /** SHA-256: of set.json, or of the hashes of the files. */
  readonly hash: string;
  readonly count: number;
  readonly source: PictureSource;
  /** Of a shipped set, with the address of its folder. */
  readonly index: SetIndex | undefined;
  readonly url: string | undefined;
  readonly classNames: readonly string[];
  classes(engine: Engine, job: JobOptions): Promise<ClassEmbeddings>;
}

type PixelsOf = (pictures: PictureSource) => PixelSource;

const INDEX_LIMIT = 64 * 2 ** 20;

/**
 * Opens the set of an experiment; its parts are not narrowed yet.
 * @throws LensError `bad-request` without classes; `unavailable`, `bad-file` for a set's index
 */
export async function openImages(
  { set, own }: Pick<ExperimentRequest, 'set' | 'own'>,
  pixelsOf: PixelsOf,
  { signal }: JobOptions,
): Promise<ExperimentImages> {
  if (set.kind === 'pack') {
    throw new LensError(
      'unsupported',
      'Experiments run on the shipped pictures or a folder of your own: open this analysis’s pictures as a folder.',
    );
  }
  return set.kind === 'sheets' ? openSheets(set.url, pixelsOf, signal) : openFiles(set, own, pixelsOf);
}

async function openSheets(
  folder: string,
  pixelsOf: PixelsOf,
  signal: AbortSignal | undefined,
): Promise<ExperimentImages> {
  const url = folder.replace(/\/$/, '');
  const bytes = await download(`${url}/set.json`, { limit: INDEX_LIMIT, signal });
  const index = parseSetIndex(parsed(bytes));
  const source = sheetSource(url, index, (sheet) => fetchPicture(sheet));
  const classNames = classNamesOf(index);
  return {
    name: index.name,
    hash: await sha256(bytes),
    count: index.count,
    source,
    index,
    url,
    classNames,
    labels: labelsOfSet(index),
    parts: partsOfSet(index),
    pixels: (images) => pixelsOf(images ? selectPictures(source, images) : source),
    classes: (engine, job) => embedClasses(engine, classNames, index.templates, job),
  };
}

async function openFiles(
  { files }: Extract<SetSource, { kind: 'files' }>,
  own: OwnLabels | undefined,
  pixelsOf: PixelsOf,
): Promise<ExperimentImages> {
  const fits = own?.labels.length === files.length && own.labels.every((label) => label < own.names.length);
  if (!own || !fits)
    throw new LensError('bad-request', 'An experiment needs to know what is on each of the pictures.');
  const source = fileSource(files);
  return {
    name: 'own pictures',
    hash: await hashFiles(files),
    count: source.count,
    source,
    index: undefined,
    url: undefined,
    classNames: own.names,
    labels: own.labels,
    parts: [{ name: 'own pictures', images: own.labels.flatMap((label, i) => (label < 0 ? [] : i)) }],
    pixels: (images) => pixelsOf(images ? selectPictures(source, images) : source),
    classes: (engine, job) => embedClasses(engine, own.names, own.templates, job),
  };
}

function parsed(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(json));
  } catch (cause) {
    throw new LensError('bad-file', 'set.json is not JSON.', { cause });
  }
}

/**
 * The parts asked for, each with its first pictures.
 * @throws LensError `bad-request` when nothing is left
 */
export function narrowed(
  parts: readonly Part[],
  { parts: names, pictures }: Pick<ExperimentRequest, 'parts' | 'pictures'>,
): Part[] {
  const left = parts
    .filter(({ name }) => !names || names.includes(name))
    .map(({ name, images }) => ({ name, images: images.slice(0, pictures) }))
    .filter(({ images }) => images.length > 0);
  if (left.length > 0) return left;
  throw new LensError('bad-request', 'There are no labelled pictures in the part that was chosen.');
}
