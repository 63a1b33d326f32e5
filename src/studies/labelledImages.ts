import type { Engine, PixelSource } from '../engine/engine.ts';
import type { SetIndex } from '../images/setIndex.ts';
import { type ClassEmbeddings, classEmbeddings, classTexts } from '../lens/zeroShot.ts';
import type { JobOptions } from '../progress.ts';

/** Images that are reported on together. */
export interface Part {
  readonly name: string;
  /** Indices into the set. */
  readonly images: readonly number[];
}

/** An image set of which classes are known. */
export interface LabelledImages {
  /** Class of every image; −1 where none or several are. */
  readonly labels: ArrayLike<number>;
  readonly parts: readonly Part[];
  /** Pixels of some images of the set, or of all. */
  pixels(images?: readonly number[]): PixelSource;
}

/** The class of every scene of one object; −1 for the others. */
export const labelsOfSet = ({ scenes }: SetIndex): Int32Array =>
  Int32Array.from(scenes, ({ objects }) => (objects.length === 1 ? objects[0]!.concept : -1));

/** The scenes of one object in styles of the training, and in the held-out style. */
export function partsOfSet(index: SetIndex): Part[] {
  const one = (heldOut: boolean) => scenesOf(index, heldOut, (objects) => objects === 1);
  return [
    { name: 'trained styles', images: one(false) },
    { name: 'held-out style', images: one(true) },
  ].filter(({ images }) => images.length > 0);
}

/** The scenes of several objects, likewise. */
export function severalObjectParts(index: SetIndex): Part[] {
  const several = (heldOut: boolean) => scenesOf(index, heldOut, (objects) => objects > 1);
  return [
    { name: 'trained styles, several objects', images: several(false) },
    { name: 'held-out style, several objects', images: several(true) },
  ].filter(({ images }) => images.length > 0);
}

const scenesOf = (
  { scenes, heldOutStyle }: SetIndex,
  heldOut: boolean,
  wanted: (objects: number) => boolean,
): number[] =>
  scenes.flatMap(({ style, objects }, i) =>
    (style === heldOutStyle) === heldOut && wanted(objects.length) ? i : [],
  );

/** The concepts of a set as its templates take them, with their article. */
export const classNamesOf = ({ concepts }: SetIndex): string[] =>
  concepts.map(({ label, one }) => one ?? label);

/** Of each engine the classes last read: one study after another asks for the same. */
const lastRead = new WeakMap<Engine, { readonly list: string; readonly classes: ClassEmbeddings }>();

/** Class embeddings of names in templates. */
export async function embedClasses(
  engine: Engine,
  names: readonly string[],
  templates: readonly string[],
  job: JobOptions,
): Promise<ClassEmbeddings> {
  const list = JSON.stringify([names, templates]);
  const last = lastRead.get(engine);
  if (last?.list === list) return last.classes;
  const texts = await engine.embedTexts(classTexts(names, templates), job);
  const classes = classEmbeddings(texts, engine.config.dim, templates.length);
  lastRead.set(engine, { list, classes });
  return classes;
}
