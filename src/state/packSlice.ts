import { LensError } from '../errors.ts';
import type { PackSource } from '../pack/index.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import { analysedParts, packName, picturesToPack } from './savedPack.ts';
import { LOCAL_PACK, PACK_SET } from './shipped.ts';
import type { Slice } from './state.ts';
import { DEFAULT_VIEW } from './view.ts';

export interface SaveOptions {
  /** Small copies of a person's own pictures go along, and whoever gets the file sees them. */
  readonly pictures?: boolean;
}

/** Analyses made elsewhere: where they are is the view's `pack`, what they say is the subject. */
export interface PackSlice {
  /** The server that an address names and that nobody here allowed to be asked yet. */
  readonly packAsked: string | undefined;
  /** While a pack that a person named is opened. */
  readonly packOpening: boolean;
  /** Why the last one that a person named could not be opened. */
  readonly packFailure: string | undefined;
  /** Opens the pack at an address that a person typed: its server may be asked from now on. */
  openPackAt(address: string): Promise<void>;
  /** Opens a zip, or the files of a folder. */
  openPackFiles(files: readonly File[]): Promise<void>;
  /** A person agrees that the server of the address in view is asked. */
  allowPack(): void;
  /** Where the view's pack is. @throws LensError `unavailable` when it is on another machine, or not allowed yet */
  packSource(): PackSource;
  /** The blocks analysed here as a pack, one zip; nothing, and a notice, when that fails. */
  savePack(options?: SaveOptions): Promise<{ readonly name: string; readonly blob: Blob } | undefined>;
  /** Whether a server may be asked for what a pack names. */
  mayAsk(url: string): boolean;
}

export const packSlice: Slice<PackSlice> = (set, get, services) => {
  const allowed = new Set<string>();
  let local: PackSource | undefined;
  /** Counts local packs: another folder is another subject. */
  let opened = 0;

  const originOf = (url: string): string => new URL(url, services.url('')).origin;
  const mayAsk = (url: string): boolean =>
    originOf(url) === originOf(services.url('')) || allowed.has(originOf(url));

  /** Shows the pack if it can be opened, and leaves the view alone if not. */
  async function show(pack: string, source: PackSource): Promise<void> {
    set({ packOpening: true, packFailure: undefined });
    try {
      await services.openPack(source); // so that a slip in an address costs nobody the view they had
      const { view } = get();
      const { neuron: _, ...rest } = view;
      set({ view: { ...rest, page: 'block', model: DEFAULT_VIEW.model, set: PACK_SET, pack }, problems: [] });
    } catch (error) {
      if (!isCancelled(error)) set({ packFailure: sentenceFor(error) });
    } finally {
      set({ packOpening: false });
    }
  }

  return {
    packAsked: undefined,
    packOpening: false,
    packFailure: undefined,
    mayAsk,
    async openPackAt(address) {
      const url = webAddress(address);
      if (!url)
        return set({ packFailure: 'An address begins with https://, and names a pack’s folder or its zip.' });
      allowed.add(originOf(url));
      await show(url, { kind: 'url', url });
    },
    async openPackFiles(files) {
      const before = local;
      const chosen = files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
      local = { kind: 'files', files: chosen };
      opened++;
      await show(`${LOCAL_PACK}-${opened}`, local);
      if (get().packFailure !== undefined) local = before;
    },
    async savePack({ pictures = false } = {}) {
      try {
        const parts = await analysedParts(get());
        const copied = pictures ? picturesToPack(get()) : undefined;
        return { name: packName(parts), blob: await (await services.client()).packZip(parts, copied) };
      } catch (error) {
        get().notify('error', sentenceFor(error));
        return undefined;
      }
    },
    allowPack() {
      const { pack } = get().view;
      if (pack) allowed.add(originOf(pack));
      set({ packAsked: undefined });
      void get().openSubject();
    },
    packSource() {
      const { pack } = get().view;
      if (pack && webAddress(pack)) {
        if (mayAsk(pack)) return { kind: 'url', url: pack };
        set({ packAsked: new URL(pack).host });
        throw new LensError(
          'unavailable',
          `This link is of an analysis at ${new URL(pack).host}, which was not asked yet.`,
        );
      }
      if (local && pack === `${LOCAL_PACK}-${opened}`) return local;
      throw new LensError(
        'unavailable',
        'This view is of an analysis on somebody’s own machine. Open one of yours on the Models page.',
      );
    },
  };
};

/** The address as a URL of http or https, without what is after #; nothing for what is none. */
function webAddress(text: string): string | undefined {
  try {
    const url = new URL(text.trim());
    url.hash = '';
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
