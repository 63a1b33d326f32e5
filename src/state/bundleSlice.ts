import { blobSource } from '../pack/index.ts';
import { readBundle, writeBundle } from './bundle.ts';
import { sentenceFor } from './noticeSlice.ts';
import type { Slice } from './state.ts';

/** A person's own pictures, pins and view as one file, saved and opened on purpose. */
export interface BundleSlice {
  /** While a bundle is put together or read. */
  readonly bundling: boolean;
  /** The bundle of what is here now; a failure becomes a notice. */
  saveBundle(): Promise<{ readonly name: string; readonly blob: Blob } | undefined>;
  /** Puts its pictures and pins beside those that are here, and opens its view; a failure becomes a notice. */
  openBundle(file: File): Promise<void>;
}

const NAME = 'neuronlens-bundle.zip';

export const isBundle = (file: File): boolean => /\.zip$/i.test(file.name);

export const bundleSlice: Slice<BundleSlice> = (set, get, services) => {
  async function whileBundling<T>(work: () => Promise<T>): Promise<T | undefined> {
    set({ bundling: true });
    try {
      return await work();
    } catch (error) {
      get().notify('error', sentenceFor(error));
      return undefined;
    } finally {
      set({ bundling: false });
    }
  }

  return {
    bundling: false,
    saveBundle: () =>
      whileBundling(async () => {
        const { view, pins, own } = get();
        const pictures = own.map(({ id, name, file }) => ({ hash: id, name, file }));
        const bytes = await writeBundle({ view: { ...view, embed: false, present: false }, pins, pictures });
        return {
          name: NAME,
          blob: new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' }),
        };
      }),
    async openBundle(file) {
      await whileBundling(async () => {
        const { view, pins, pictures } = await readBundle(blobSource(file, file.name), services.readOwn);
        await get().keepOwn(pictures.map((picture) => picture.file as File));
        if (pins.pins.length > 0) get().keepPins(pins);
        const count = pictures.length === 1 ? 'One picture' : `${pictures.length} pictures`;
        const { page, image, embed, present } = get().view;
        // Who followed a link to one of these pictures came for that one.
        if (page === 'image' && pictures.some(({ hash }) => hash.startsWith(image))) {
          get().notify('info', `${count} came with the bundle.`);
          return get().readPicture();
        }
        set({ view: { ...view, embed, present }, problems: [] });
        get().notify('info', `${count} came with the bundle, and the view they were looked at in.`);
      });
    },
  };
};
