import type { LensClient } from '../../workers/client.ts';
import { LensError } from '../errors.ts';
import { checkBlobBounds } from '../images/bounds.ts';
import { fetchPicture } from '../images/decode.ts';
import { sha256 } from '../images/hash.ts';
import type { Concept } from '../images/setIndex.ts';
import { parseSetIndex, type SetIndex, sheetPosition, sheetSource, sheetUrl } from '../images/sheets.ts';
import { httpFiles, openPack } from '../pack/index.ts';
import { partsOfSet, severalObjectParts } from '../studies/labelledImages.ts';
import type { PictureSet } from './data.ts';
import type { Services } from './services.ts';

/** The real services, in a page. */
export function browserServices(): Services {
  let client: Promise<LensClient> | undefined;
  return {
    openPack: (url) => openPack(httpFiles(url)),
    async openPictures(url) {
      const bytes = await fetchBytes(`${url}set.json`);
      return pictureSet(url, parseSetIndex(readJson(bytes)));
    },
    client() {
      client ??= import('../../workers/client.ts').then(
        ({ lensClient }) => lensClient(),
        (cause: unknown) => {
          client = undefined;
          throw new LensError(
            'unavailable',
            'The part of this page that runs the model could not be loaded.',
            {
              cause,
            },
          );
        },
      );
      return client;
    },
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
  };
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

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new LensError('bad-file', 'set.json is not JSON.', { cause });
  }
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
