import {
  type BlockCodes,
  describer,
  filesOfPack,
  type PackFiles,
  type PackParts,
  type PackSource,
  type PackTexts,
  writePack,
  zipPack,
} from '../src/pack/index.ts';
import { type DrawSheet, packPictures } from './packPictures.ts';
import type { PicturesToPack } from './packProtocol.ts';

/** Packs that the page speaks of, by where they are. */
export class Packs {
  readonly #byUrl = new Map<string, Promise<PackFiles>>();

  /** @throws LensError as `filesOfPack` */
  files(source: PackSource): Promise<PackFiles> {
    if (source.kind === 'files') return filesOfPack(source);
    const known = this.#byUrl.get(source.url);
    if (known) return known;
    const opening = filesOfPack(source);
    this.#byUrl.set(source.url, opening);
    opening.catch(() => this.#byUrl.delete(source.url)); // a failure is not remembered
    return opening;
  }
}

/** An analysis as one zip: its neurons are put into the words it brings, then the files are those of the command line. */
export async function packZip(parts: PackParts, pictures?: PicturesToPack, draw?: DrawSheet): Promise<Blob> {
  const described = parts.texts && !parts.codes ? await inWords(parts, parts.texts) : parts;
  const copies = pictures ? await packPictures(pictures, draw) : [];
  const files = writePack({ ...described, ...(pictures && { pictures: true }) });
  return new Blob([zipPack([...copies, ...files]) as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
}

async function inWords(parts: PackParts, texts: PackTexts): Promise<PackParts> {
  const { forms, describe } = await describer(texts, parts.model.config.dim);
  const described = new Map<number, BlockCodes>();
  for (const { block, detail } of parts.blocks) described.set(block, await describe(detail.directions));
  return { ...parts, codes: forms, described };
}
