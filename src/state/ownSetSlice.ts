import { LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import type { PictureSet, SpriteCell } from './data.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { OWN_SET } from './shipped.ts';
import type { Slice } from './state.ts';

/** Pictures of a person's own, taken as the set to analyse; they never leave the machine. */
export interface OwnSet {
  readonly name: string;
  /** Those that can be read, in the order given. */
  readonly files: readonly File[];
  /** A square thumbnail each, as object URLs. */
  readonly thumbnails: readonly string[];
  /** What was left out, in sentences that name the file. */
  readonly skipped: readonly string[];
}

export interface OwnSetSlice {
  readonly ownSet: OwnSet | undefined;
  /** While files are looked through. */
  readonly ownSetProgress: Progress | undefined;
  /** Looks files through and makes the readable ones the set in view. */
  chooseOwnSet(files: readonly File[], name: string): Promise<void>;
  cancelOwnSet(): void;
  /** The own set as the page shows it. @throws LensError `unavailable` when none was chosen */
  ownSetPictures(): PictureSet;
}

/** More than this is work for the command line: a tab keeps a thumbnail of each. */
export const MOST_IN_SET = 20_000;
/** A direction of fewer pictures than this says little. */
export const FEWEST_IN_SET = 10;

export const ownSetSlice: Slice<OwnSetSlice> = (set, get, services) => {
  let controller: AbortController | undefined;

  async function choose(files: readonly File[], name: string, signal: AbortSignal): Promise<void> {
    const client = await services.client();
    const taken = files.slice(0, MOST_IN_SET);
    const onProgress = (progress: Progress) => {
      if (signal.aborted) return;
      set({ ownSetProgress: progress });
    };
    const { kept, thumbnails, skipped } = await client.lookThrough(taken, { signal, onProgress });
    if (kept.length < FEWEST_IN_SET) {
      const why = skipped[0] ? ` ${skipped[0].reason}` : '';
      throw new LensError(
        'bad-request',
        `A picture set needs at least ${FEWEST_IN_SET} readable pictures; here are ${kept.length}.${why}`,
      );
    }
    for (const url of get().ownSet?.thumbnails ?? []) services.revokeUrl(url);
    const beyond = files.length - taken.length;
    const ownSet: OwnSet = {
      name,
      files: kept.map((index) => taken[index]!),
      thumbnails: thumbnails.map((blob) => services.blobUrl(blob)),
      skipped: [
        ...skipped.map(({ reason }) => reason),
        ...(beyond > 0 ? [`${beyond} more pictures: a set in the browser holds ${MOST_IN_SET}.`] : []),
      ],
    };
    set({ ownSet });
    get().renewPictures(OWN_SET);
  }

  return {
    ownSet: undefined,
    ownSetProgress: undefined,
    async chooseOwnSet(files, name) {
      controller?.abort(new LensError('cancelled', 'Other pictures were chosen.'));
      const own = new AbortController();
      controller = own;
      set({
        ownSetProgress: { stage: 'Looking through the pictures', done: 0, total: files.length },
      });
      try {
        await choose(files, name, own.signal);
      } catch (error) {
        if (!own.signal.aborted && !isCancelled(error)) get().notify('error', sentenceFor(error));
      } finally {
        if (controller === own) set({ ownSetProgress: undefined });
      }
    },
    cancelOwnSet: () => controller?.abort(new LensError('cancelled', 'It was cancelled.')),
    ownSetPictures() {
      const { ownSet } = get();
      if (ownSet) return pictureSetOf(ownSet);
      throw new LensError(
        'unavailable',
        'This view is of pictures on somebody’s own machine. Choose a folder of pictures on the Models page to make your own.',
      );
    },
  };
};

function pictureSetOf({ name, files, thumbnails }: OwnSet): PictureSet {
  return {
    name,
    licence: 'your own; they stay on this machine',
    count: files.length,
    size: 192,
    cell: (image): SpriteCell => ({ url: thumbnails[image]!, column: 0, row: 0, columns: 1, rows: 1 }),
    caption: (image) => files[image]?.name ?? `picture ${image}`,
    templates: ['a photo of {}', '{}'],
    classes: [],
    labels: () => [],
  };
}
