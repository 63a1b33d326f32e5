export type { Head } from '../clip/trace.ts';
export type { BlockDetail, BlockOverview, Looked } from '../lens/blockSummary.ts';
export type { PackManifest, PackTexts } from '../pack/index.ts';

import type { Part } from '../studies/labelledImages.ts';

/** Where one picture of the set lies: a cell of a sprite sheet. */
export interface SpriteCell {
  readonly url: string;
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
  /** Gives the sheet where `url` is only a name for it: of a zip, a folder, or another server. */
  readonly sheet?: () => Promise<Blob>;
  /** Pixels a side of one cell, where they are small: its sheet is shown as it is. */
  readonly side?: number;
  /** The same picture small, to be shown while the sheet loads. */
  readonly small?: SpriteCell;
  /** The picture's number, shown where there is no sheet: `url` is empty. */
  readonly number?: number;
}

/** What is where on a picture, exactly. */
export interface TrueMask {
  /** S */
  readonly size: number;
  /** [S·S] 0 for background, k for the k-th of the picture's labels. */
  readonly owners: Uint8Array;
}

/** The shipped pictures as the page shows them. */
export interface PictureSet {
  readonly name: string;
  readonly licence: string;
  readonly count: number;
  /** Pixels a side of one picture in its sheet. */
  readonly size: number;
  cell(image: number): SpriteCell;
  /** A small one of it for lists, where the set brings them: a fraction of the bytes. */
  readonly thumb?: (image: number) => SpriteCell;
  /** A caption for people who cannot see it, and for tooltips. */
  caption(image: number): string;
  /** How words become sentences for the text tower; `{}` stands for the words. */
  readonly templates: readonly string[];
  /** What the set's pictures can be classified as; empty where nobody said. */
  readonly classes: readonly string[];
  /** What is truly on a picture, in words of `classes`; empty where nobody said. */
  labels(image: number): readonly string[];
  /** Of which kinds the things on a picture are; undefined where nobody said. */
  readonly kinds?: (image: number) => readonly string[];
  /** Names of the things that its pictures are drawn of, without articles; undefined where nobody said. */
  readonly concepts?: readonly string[];
  /** Which pictures an experiment reports on together; undefined where nobody said what is on them. */
  readonly parts?: readonly Part[];
  /** Which thing every pixel shows; undefined for sets without masks. */
  readonly mask?: (image: number) => Promise<TrueMask>;
}

/** Numbers either come from the shipped pack or were computed here, on this machine. */
export type NumberSource = 'shipped' | 'live';

/** A thing on its way: nothing yet, there, or failed with a sentence a person can act on. */
export type Loadable<T> =
  | { readonly status: 'idle' }
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly message: string };

export const IDLE = { status: 'idle' } as const;
export const LOADING = { status: 'loading' } as const;
export const ready = <T>(value: T): { readonly status: 'ready'; readonly value: T } => ({
  status: 'ready',
  value,
});
export const failed = (message: string) => ({ status: 'failed', message }) as const;
export const loadedValue = <T>(loadable: Loadable<T> | undefined): T | undefined =>
  loadable?.status === 'ready' ? loadable.value : undefined;
