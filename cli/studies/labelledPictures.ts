import { basename } from 'node:path';
import type { Engine } from '../../src/engine/engine.ts';
import { LensError } from '../../src/errors.ts';
import type { SetIndex } from '../../src/images/setIndex.ts';
import { selectPictures } from '../../src/images/skipBroken.ts';
import { type ClassEmbeddings, classEmbeddings } from '../../src/lens/zeroShot.ts';
import type { JobOptions } from '../../src/progress.ts';
import {
  classNamesOf,
  embedClasses,
  type LabelledImages,
  labelsOfSet,
  type Part,
  partsOfSet,
} from '../../src/studies/labelledImages.ts';
import type { Context } from '../command.ts';
import { openSheets, parseLines, readBytes } from '../folder.ts';
import type { Model } from '../model.ts';
import { readLabelsNpy, readNpy } from '../npy.ts';
import * as option from '../options.ts';
import { openFolder, type Pictures } from '../pictures.ts';

/** Options that say which pictures, of which classes. */
export const pictureOptions = {
  set: option.optional(option.text('DIR', 'a shipped set: folder with set.json and sheets')),
  images: option.optional(option.text('DIR', 'or a folder of pictures, taken in file-name order')),
  classifier: option.optional(
    option.text('FILE', 'class embeddings of a folder: .npy [dim, classes], or .txt with a class a line'),
  ),
  labels: option.optional(
    option.text('FILE', "a folder's class numbers, one a picture: .npy or a number a line"),
  ),
};

/** An image set of which classes are known. */
export interface LabelledPictures {
  readonly pictures: Pictures;
  /** The index of a shipped set. */
  readonly index?: SetIndex;
  /** Class of every picture; −1 where none or several are. */
  readonly labels: Int32Array;
  readonly classNames: readonly string[] | undefined;
  readonly parts: readonly Part[];
  classes(engine: Engine, job: JobOptions): Promise<ClassEmbeddings>;
}

interface Asked {
  readonly set: string | undefined;
  readonly images: string | undefined;
  readonly classifier: string | undefined;
  readonly labels: string | undefined;
}

const refuse = (sentence: string) => new LensError('bad-request', sentence);

/**
 * Opens a shipped set or a folder with its classes. The classes of a shipped set are its concepts in all its
 * templates; its parts are the scenes of one object in styles of the training, and in the held-out style.
 * @throws LensError `bad-request`, `bad-file`, `unavailable`
 */
export async function openLabelled(
  { set, images, classifier, labels }: Asked,
  model: Model,
  context: Context,
): Promise<LabelledPictures> {
  if ((set === undefined) === (images === undefined)) {
    throw refuse('Give the pictures as either --set DIR or --images DIR.');
  }
  if (set !== undefined) {
    if (classifier !== undefined || labels !== undefined)
      throw refuse('A shipped set has its own classes: --classifier and --labels go with --images.');
    return openLabelledSet(set);
  }
  const pictures = await openFolder(images!, 1, context);
  const names = classifier === undefined ? undefined : await openClassifier(classifier, model);
  const all = labels === undefined ? undefined : await readLabels(labels);
  const count = pictures.source.count + pictures.skipped.length;
  if (all && all.length !== count)
    throw refuse(`${basename(labels!)} has ${all.length} labels for ${count} pictures.`);
  const skipped = new Set(pictures.skipped.map(({ index }) => index));
  const kept =
    all?.filter((_, index) => !skipped.has(index)) ?? new Int32Array(count - skipped.size).fill(-1);
  return {
    pictures,
    labels: kept,
    classNames: names?.names,
    parts: [{ name: pictures.name, images: Array.from(kept.keys()) }],
    classes: async (engine, job) => {
      if (!names) throw refuse('Pictures of a folder need --classifier.');
      return names.classes(engine, job);
    },
  };
}

async function openLabelledSet(folder: string): Promise<LabelledPictures> {
  const { index, hash, source } = await openSheets(folder);
  return {
    pictures: { name: index.name, hash, source, skipped: [] },
    index,
    labels: labelsOfSet(index),
    classNames: index.concepts.map(({ label }) => label),
    parts: partsOfSet(index),
    classes: (engine, job) => embedClasses(engine, classNamesOf(index), index.templates, job),
  };
}

/** The pictures as studies take them: pixels as the model wants them. */
export const imagesOf = ({ labels, parts, pictures }: LabelledPictures, model: Model): LabelledImages => ({
  labels,
  parts,
  pixels: (images) => model.pixels(images ? selectPictures(pictures.source, images) : pictures.source),
});

interface Classifier {
  readonly names: readonly string[] | undefined;
  classes(engine: Engine, job: JobOptions): Promise<ClassEmbeddings>;
}

async function openClassifier(path: string, model: Model): Promise<Classifier> {
  const bytes = await readBytes(path);
  const name = basename(path);
  if (!path.endsWith('.npy')) {
    if (!model.hasTextTower) throw refuse(`${name} names classes, but ${model.name} has no text tower.`);
    const names = parseLines(bytes, name);
    return { names, classes: (engine, job) => embedClasses(engine, names, ['a photo of a {}.'], job) };
  }
  const { shape, data } = readNpy(bytes, name);
  const { dim } = model.weights.config;
  const [rows, count] = shape;
  if (shape.length !== 2 || rows !== dim || !count)
    throw refuse(
      `${name} has shape [${shape.join(', ')}]; this model needs [${dim}, classes], a class a column.`,
    );
  const vectors = Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % dim) * count + Math.floor(i / dim)]!,
  );
  return { names: undefined, classes: async () => classEmbeddings(vectors, dim, 1) };
}

async function readLabels(path: string): Promise<Int32Array> {
  const bytes = await readBytes(path);
  const name = basename(path);
  const numbers = path.endsWith('.npy')
    ? readLabelsNpy(bytes, name).data
    : parseLines(bytes, name).map(Number);
  const bad = Array.from(numbers).find((label) => !Number.isInteger(label));
  if (bad !== undefined) throw refuse(`${name} holds ${bad}, which is no class number.`);
  return Int32Array.from(numbers);
}
