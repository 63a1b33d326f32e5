/** How much of a release is kept, in bytes. */
export interface KeptStatus {
  readonly version: string;
  readonly kept: number;
  readonly total: number;
  /** Files that are still to be fetched. */
  readonly missing: number;
}

/**
 * What a page asks of its service worker. `keep` is one file: the page decides when there is time for the next, and
 * no single event lasts longer than browsers let one last.
 */
export type OfflineRequest = 'status' | 'keep' | 'forget' | 'take over';

/** The answer, through the port that came with the question. */
export type OfflineAnswer =
  | ({ readonly kind: 'status' } & KeptStatus)
  | { readonly kind: 'done' }
  /** Another page still runs on the version before. */
  | { readonly kind: 'others' }
  | { readonly kind: 'failed'; readonly message: string; readonly full: boolean };
