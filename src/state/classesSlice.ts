import { type ClassEmbeddings, classEmbeddings, classTexts } from '../lens/zeroShot.ts';
import type { Progress } from '../progress.ts';
import type { ClassList } from './classList.ts';
import { failed, IDLE, LOADING, type Loadable, loadedValue, ready } from './data.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import type { LensState, Slice } from './state.ts';

/** Among which classes pictures are classified. */
export interface ClassesSlice {
  /** A person's own list, for as long as this tab lives; undefined for the set's. */
  readonly ownClasses: ClassList | undefined;
  readonly classVectors: Loadable<ClassEmbeddings>;
  readonly readingClasses: Progress | undefined;
  /** Undefined goes back to the set's. */
  setClasses(list: ClassList | undefined): void;
  /** The classes as the view's model reads them; undefined where there are none, or they cannot be read. */
  ensureClasses(): Promise<ClassEmbeddings | undefined>;
}

const BARE: readonly string[] = ['{}'];
const NO_CLASSES: ClassList = { names: [], templates: BARE };
const ofSet = new WeakMap<object, ClassList>();

/** The list that is in use. */
export function classListOf(state: Pick<LensState, 'ownClasses' | 'pictures'>): ClassList {
  if (state.ownClasses) return state.ownClasses;
  const pictures = loadedValue(state.pictures);
  if (!pictures) return NO_CLASSES;
  const known = ofSet.get(pictures);
  if (known) return known;
  const templates = pictures.templates.filter((template) => template.includes('{}'));
  const list = { names: pictures.classes, templates: templates.length > 0 ? templates : BARE };
  ofSet.set(pictures, list);
  return list;
}

/** A reading of a list by a model. */
interface Asked {
  readonly list: ClassList;
  readonly model: string;
  vectors?: Promise<ClassEmbeddings | undefined>;
}

export const classesSlice: Slice<ClassesSlice> = (set, get) => {
  let asked: Asked | undefined;

  async function read(own: Asked): Promise<ClassEmbeddings | undefined> {
    const { list } = own;
    const current = () => asked === own;
    if (list.names.length === 0) return undefined;
    set({ classVectors: LOADING });
    try {
      const client = await get().ensureEngine();
      const onProgress = (readingClasses: Progress) => current() && set({ readingClasses });
      const vectors = await client.embedTexts(classTexts(list.names, list.templates), { onProgress });
      const dim = loadedValue(get().subject)?.model.config.dim ?? 1;
      const classes = classEmbeddings(vectors, dim, list.templates.length);
      if (current()) set({ classVectors: ready(classes) });
      return classes;
    } catch (error) {
      if (current()) {
        set({ classVectors: failed(isCancelled(error) ? 'It was cancelled.' : sentenceFor(error)) });
      }
      return undefined;
    } finally {
      if (current()) set({ readingClasses: undefined });
    }
  }

  return {
    ownClasses: undefined,
    classVectors: IDLE,
    readingClasses: undefined,
    setClasses(ownClasses) {
      set({ ownClasses, classVectors: IDLE });
      if (get().picture.status === 'ready') void get().ensureClasses();
    },
    ensureClasses() {
      const list = classListOf(get());
      const { model } = get().view;
      const { status } = get().classVectors;
      const going = status === 'loading' || status === 'ready';
      if (asked?.list === list && asked.model === model && going) return asked.vectors!;
      const own: Asked = { list, model };
      asked = own;
      own.vectors = read(own);
      return own.vectors;
    },
  };
};
