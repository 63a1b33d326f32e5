import type { PackParts, PackSource } from '../src/pack/index.ts';

export type { PackParts, PackSource } from '../src/pack/index.ts';

/** A person's own pictures, in the order of their set, that are to go into a pack as small copies. */
export interface PicturesToPack {
  readonly name: string;
  readonly files: readonly File[];
}

/** What of a pack's file is wanted: see PackFiles of src/pack. */
export type PackPart =
  | { readonly kind: 'whole'; readonly most?: number | undefined }
  | { readonly kind: 'range'; readonly begin: number; readonly end: number }
  | { readonly kind: 'start'; readonly most: number };

/**
 * Packs; part of `LensApi`. The page itself can reach no server but its own: what is elsewhere is fetched here,
 * after a person asked for it.
 */
export interface PackApi {
  /** @throws LensError `unavailable`, `bad-file`, `unsupported` */
  packFile(source: PackSource, name: string, part: PackPart): Promise<Uint8Array>;
  /** An analysis as one zip: the files that the command line would write; with small copies of the pictures, if they are given. */
  packZip(parts: PackParts, pictures?: PicturesToPack): Promise<Blob>;
}
