import { LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import type { Slice } from './state.ts';

/** Pictures of a person's own on the image page. They stay in this tab. */
export interface IntakeSlice {
  readonly fetchingPicture: Progress | undefined;
  /** Why the last picture did not come. */
  readonly intakeProblem: string | undefined;
  /** Keeps files as own pictures and takes the last apart. */
  takePictures(files: readonly File[]): Promise<void>;
  /** Fetches a picture from an address and takes it apart; no server is asked otherwise. */
  fetchPicture(address: string): Promise<void>;
  cancelFetch(): void;
  forgetIntakeProblem(): void;
}

/** So much of its SHA-256 names an own picture in an address. */
const NAME_DIGITS = 16;
export const ownImage = (id: string): string => id.slice(0, NAME_DIGITS);

export const intakeSlice: Slice<IntakeSlice> = (set, get, services) => {
  let controller: AbortController | undefined;
  return {
    fetchingPicture: undefined,
    intakeProblem: undefined,
    async takePictures(files) {
      set({ intakeProblem: undefined });
      const last = (await get().keepOwn(files)).at(-1);
      if (!last) return;
      const image = ownImage(last);
      if (image === get().view.image) return get().readPicture(); // it was missing, and now is there
      get().setView({ page: 'image', image });
    },
    async fetchPicture(address) {
      controller?.abort(new LensError('cancelled', 'Another address was given.'));
      const own = new AbortController();
      controller = own;
      const onProgress = (fetchingPicture: Progress) => controller === own && set({ fetchingPicture });
      set({ intakeProblem: undefined });
      try {
        const client = await services.client();
        const picture = await client.pictureAt(address, { signal: own.signal, onProgress });
        if (controller !== own) return;
        const name = nameOf(address);
        await get().takePictures([new File([picture], name, { type: picture.type })]);
      } catch (error) {
        if (controller === own && !isCancelled(error)) set({ intakeProblem: sentenceFor(error) });
      } finally {
        if (controller === own) set({ fetchingPicture: undefined });
      }
    },
    cancelFetch: () => controller?.abort(new LensError('cancelled', 'It was cancelled.')),
    forgetIntakeProblem: () => set({ intakeProblem: undefined }),
  };
};

/** The end of an address, for people. */
const nameOf = (address: string): string => {
  const { host, pathname } = new URL(address.trim());
  return pathname.split('/').at(-1)?.slice(0, 80) || host;
};
