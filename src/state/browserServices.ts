import type { LensClient, PackPart } from '../../workers/client.ts';
import { LensError } from '../errors.ts';
import { checkBlobBounds } from '../images/bounds.ts';
import { fetchPicture } from '../images/decode.ts';
import { sha256 } from '../images/hash.ts';
import type { Concept } from '../images/setIndex.ts';
import { parseSetIndex, type SetIndex, sheetPosition, sheetSource, sheetUrl } from '../images/sheets.ts';
import { parseThumbs, type Thumbs, thumbPlace } from '../images/thumbs.ts';
import {
  filesOfPack,
  openPack,
  type PackFiles,
  type PackSource,
  PICTURES_FOLDER,
  readJson,
} from '../pack/index.ts';
import { partsOfSet, severalObjectParts } from '../studies/labelledImages.ts';
import { browserOffline } from './browserOffline.ts';
import type { PictureSet, SpriteCell } from './data.ts';
import type { Services } from './services.ts';

/** The real services, in a page. */
export function browserServices(): Services {
  let client: Promise<LensClient> | undefined;
  const worker = (): Promise<LensClient> => {
    client ??= import('../../workers/client.ts').then(
      ({ lensClient }) => lensClient(),
      (cause: unknown) => {
        client = undefined;
        throw new LensError('unavailable', 'The part of this page that runs the model could not be loaded.', {
          cause,
        });
      },
    );
    return client;
  };
  return {
    openPack: async (source) =>
      openPack(isOurs(source) ? await filesOfPack(source) : filesThrough(worker, source)),
    async openPictures(url) {
      const source = { kind: 'url', url } as const;
      if (!isOurs(source)) return picturesIn(filesThrough(worker, source), '');
      const [index, thumbs] = await Promise.all([fetchBytes(`${url}set.json`), thumbsIn(url)]);
      const set = pictureSet(url, parseSetIndex(readJson(index)));
      const { thumb } = thumbs;
      if (!thumb) return set;
      return { ...set, thumb, cell: (image) => ({ ...set.cell(image), small: thumb(image) }) };
    },
    packedPictures: ({ files }) => picturesIn(files, `${PICTURES_FOLDER}/`),
    client: worker,
    url: (path) => new URL(path, globalThis.location.href).href,
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    async readOwn(file) {
      await checkBlobBounds(file, file.name);
      return sha256(file);
    },
    blobUrl: (blob) => URL.createObjectURL(blob),
    revokeUrl: (url) => URL.revokeObjectURL(url),
    random: Math.random,
    offline: browserOffline(),
    ...browserStorage(),
  };
}

/** Private windows and strict settings bar storage: what is kept then lasts as long as the page. */
export function browserStorage(): Pick<Services, 'kept' | 'keep' | 'onKept'> {
  const here = new Map<string, string>();
  return {
    kept(name) {
      try {
        return here.get(name) ?? localStorage.getItem(name) ?? undefined;
      } catch {
        return here.get(name);
      }
    },
    keep(name, text) {
      try {
        localStorage.setItem(name, text);
        here.delete(name);
        return true;
      } catch {
        here.set(name, text);
        return false;
      }
    },
    onKept(changed) {
      globalThis.addEventListener?.('storage', ({ key }) => key !== null && changed(key));
    },
  };
}

const isOurs = (source: PackSource): boolean =>
  source.kind === 'files' || new URL(source.url).origin === globalThis.location.origin;

/** This page may ask its own server only; the worker asks others. */
function filesThrough(worker: () => Promise<LensClient>, source: PackSource): PackFiles {
  const ask = async (name: string, part: PackPart): Promise<Uint8Array> =>
    (await worker()).packFile(source, name, part);
  return {
    read: (name, most) => ask(name, { kind: 'whole', most }),
    range: (name, begin, end) => ask(name, { kind: 'range', begin, end }),
    start: (name, most) => ask(name, { kind: 'start', most }),
  };
}

const MOST_INDEX_BYTES = 64 * 2 ** 20;
const MOST_SHEET_BYTES = 64 * 2 ** 20;
/** Counts opened picture folders: the names of their sheets must differ. */
let folders = 0;

/** A set whose sheets no address leads to. */
async function picturesIn(files: PackFiles, folder: string): Promise<PictureSet> {
  const index = parseSetIndex(readJson(await files.read(`${folder}set.json`, MOST_INDEX_BYTES)));
  const own = `pack-pictures-${++folders}`;
  const { mask: _, ...set } = pictureSet(own, index);
  const read = async (url: string): Promise<Blob> => {
    const bytes = await files.read(`${folder}${url.slice(own.length + 1)}`, MOST_SHEET_BYTES);
    return new Blob([bytes as Uint8Array<ArrayBuffer>]);
  };
  return {
    ...set,
    cell(image) {
      const cell = set.cell(image);
      return { ...cell, sheet: () => read(cell.url) };
    },
  };
}

/** The small pictures of a set, if it has any. */
async function thumbsIn(url: string): Promise<Pick<PictureSet, 'thumb'>> {
  try {
    const thumbs = parseThumbs(readJson(await fetchBytes(`${url}thumbs.json`)));
    return { thumb: (image) => thumbCell(url, thumbs, image) };
  } catch {
    return {}; // lists then draw from the large ones
  }
}

function thumbCell(url: string, thumbs: Thumbs, image: number): SpriteCell {
  const { file, column, row } = thumbPlace(thumbs, image);
  const { columns, perSheet, size } = thumbs;
  return { url: `${url}${file}`, column, row, columns, rows: perSheet / columns, side: size };
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new LensError('unavailable', `${url} could not be reached.`, { cause });
  });
  if (!response.ok) {
    throw new LensError('unavailable', `${url} is not there (the server answered ${response.status}).`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** With its article, as the set's templates take it. */
const nameOf = (concept: Concept): string => concept.one ?? concept.label;

/** The set as the page shows it. */
export function pictureSet(url: string, index: SetIndex): PictureSet {
  const masks = sheetSource(url, index, (sheet) => fetchPicture(sheet), 'masks');
  return {
    name: index.name,
    licence: index.licence,
    count: index.count,
    size: index.sceneSize,
    templates: index.templates,
    classes: index.concepts.map(nameOf),
    labels: (image) =>
      index.scenes[image]?.objects.map(({ concept }) => nameOf(index.concepts[concept]!)) ?? [],
    kinds: (image) =>
      index.scenes[image]?.objects.map(({ concept }) =>
        index.concepts[concept]!.subgroup.replace('-', ', '),
      ) ?? [],
    concepts: index.concepts.map(({ label }) => label),
    parts: [...partsOfSet(index), ...severalObjectParts(index)],
    cell(image) {
      const { sheet, x, y, size } = sheetPosition(index, image);
      return {
        url: sheetUrl(url, sheet),
        column: x / size,
        row: y / size,
        columns: index.columns,
        rows: index.perSheet / index.columns,
      };
    },
    async mask(image) {
      const { width: size, data } = await masks.read(image);
      return { size, owners: Uint8Array.from({ length: size * size }, (_, i) => data[4 * i]!) };
    },
    caption: (image) => index.scenes[image]?.caption ?? `picture ${image}`,
  };
}
