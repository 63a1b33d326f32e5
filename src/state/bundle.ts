import { z } from 'zod';
import { isLensError, LensError } from '../errors.ts';
import { MAX_PICTURE_BYTES } from '../images/bounds.ts';
import { type ByteSource, type PackFiles, readJson, zipFiles, zipPack } from '../pack/index.ts';
import { MOST_FILE_BYTES, parsePinFile, pinFile } from './pinFile.ts';
import type { PinList } from './pins.ts';
import { decodeView, encodeView } from './urlCodec.ts';
import type { View } from './view.ts';

/**
 * What a person gives to another on purpose, as one zip: `view.json` (the address of the view, and which pictures it
 * takes), `pins.json`, and the person's own pictures, each under its SHA-256. Nothing else carries own pictures.
 */

const FORMAT = 'neuronlens bundle';
const VERSION = 1;
/** As many as the page holds at once. */
const MOST_PICTURES = 500;
/** All pictures together: a zip is made and read in memory. */
export const MOST_BUNDLE_BYTES = 512 * 2 ** 20;
const MOST_INDEX_BYTES = 2 ** 20;

/** A picture with the SHA-256 of its bytes. */
export interface BundledPicture {
  readonly hash: string;
  readonly name: string;
  readonly file: Blob;
}

export interface Bundle {
  readonly view: View;
  readonly pins: PinList;
  readonly pictures: readonly BundledPicture[];
}

const indexSchema = z.object({
  format: z.literal(FORMAT),
  version: z.number(),
  view: z.string().max(20_000),
  pictures: z
    .array(
      z.object({
        file: z.string().regex(/^pictures\/[0-9a-f]{64}\.[a-z0-9]{1,5}$/),
        name: z.string().min(1).max(300),
      }),
    )
    .max(MOST_PICTURES),
});

/** The end of a picture's name in a bundle; what it really is, its own head says. */
const endingOf = (name: string): string => /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1]?.toLowerCase() ?? 'bin';

/**
 * The bundle as a zip.
 * @throws LensError `bad-request` where the pictures are too many or too large for one
 */
export async function writeBundle({ view, pins, pictures }: Bundle): Promise<Uint8Array> {
  const total = pictures.reduce((sum, { file }) => sum + file.size, 0);
  if (total > MOST_BUNDLE_BYTES || pictures.length > MOST_PICTURES)
    throw new LensError(
      'bad-request',
      `A bundle holds ${MOST_PICTURES} pictures and ${MOST_BUNDLE_BYTES / 2 ** 20} MB at most; remove some pictures first.`,
    );
  const listed = pictures.map(({ hash, name }) => ({ file: `pictures/${hash}.${endingOf(name)}`, name }));
  const index = { format: FORMAT, version: VERSION, view: encodeView(view), pictures: listed };
  const text = new TextEncoder();
  const files: [string, Uint8Array][] = [
    ['view.json', text.encode(`${JSON.stringify(index, null, 2)}\n`)],
    ['pins.json', text.encode(pinFile(pins))],
  ];
  for (const [i, { file }] of pictures.entries())
    files.push([listed[i]!.file, new Uint8Array(await file.arrayBuffer())]);
  return zipPack(files);
}

/**
 * Reads a whole bundle, or nothing of it.
 * @param hashOf checks that a picture can be read, and gives its SHA-256
 * @throws LensError `bad-file` for what is no bundle, or not as it was saved; `unsupported` for one of a later version
 */
export async function readBundle(
  source: ByteSource,
  hashOf: (file: File) => Promise<string>,
): Promise<Bundle> {
  if (source.size > 2 * MOST_BUNDLE_BYTES)
    throw new LensError('bad-file', 'This file is far larger than a bundle can be; it was not read.');
  const files = await zipFiles(source);
  const index = await readIndex(files);
  const pins = parsePinFile(new TextDecoder().decode(await files.read('pins.json', MOST_FILE_BYTES)));
  const pictures: BundledPicture[] = [];
  let total = 0;
  for (const { file, name } of index.pictures) {
    const bytes = await files.read(file, MAX_PICTURE_BYTES);
    total += bytes.length;
    if (total > MOST_BUNDLE_BYTES)
      throw new LensError('bad-file', 'The pictures of this bundle are more than a page can hold.');
    pictures.push(await checkedPicture(file, name, bytes as Uint8Array<ArrayBuffer>, hashOf));
  }
  // Its address is followed like any other: what is not known here is left out.
  return { view: decodeView(index.view).view, pins, pictures };
}

async function readIndex(files: PackFiles): Promise<z.infer<typeof indexSchema>> {
  const result = indexSchema.safeParse(readJson(await readOrRefuse(files)));
  if (!result.success) throw noBundle(result.error);
  if (result.data.version !== VERSION)
    throw new LensError('unsupported', 'This bundle is of a later version of this page; reload the page.');
  return result.data;
}

async function readOrRefuse(files: PackFiles): Promise<Uint8Array> {
  try {
    return await files.read('view.json', MOST_INDEX_BYTES);
  } catch (cause) {
    throw isLensError(cause) && cause.tag === 'unavailable' ? noBundle(cause) : cause;
  }
}

const noBundle = (cause: unknown): LensError =>
  new LensError('bad-file', 'This zip is not a bundle that was saved from this page.', { cause });

async function checkedPicture(
  file: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  hashOf: (file: File) => Promise<string>,
): Promise<BundledPicture> {
  const picture = new File([bytes], name);
  const hash = await hashOf(picture);
  if (!file.startsWith(`pictures/${hash}.`))
    throw new LensError(
      'bad-file',
      `${name} is not the picture that was put into this bundle; nothing was opened.`,
    );
  return { hash, name, file: picture };
}
