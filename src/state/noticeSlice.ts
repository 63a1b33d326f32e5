import { isLensError } from '../errors.ts';
import type { Slice } from './state.ts';

/** A sentence for the person, shown until it is dismissed. */
export interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'error';
  readonly text: string;
}

export interface NoticeSlice {
  readonly notices: readonly Notice[];
  notify(kind: Notice['kind'], text: string): void;
  dismiss(id: number): void;
}

/** More than this and the oldest goes: a page of toasts helps nobody. */
const MOST_NOTICES = 4;
let lastId = 0;

export const noticeSlice: Slice<NoticeSlice> = (set, get) => ({
  notices: [],
  notify(kind, text) {
    if (get().notices.some((notice) => notice.text === text)) return;
    lastId++;
    const notices = [...get().notices, { id: lastId, kind, text }].slice(-MOST_NOTICES);
    set({ notices });
  },
  dismiss: (id) => set({ notices: get().notices.filter((notice) => notice.id !== id) }),
});

/** True when the person, or a newer request, ended it: nothing to report. */
export const isCancelled = (error: unknown): boolean =>
  (isLensError(error) && error.tag === 'cancelled') ||
  (error instanceof Error && error.name === 'AbortError');

/** What to tell the person about a failure. Anything but a LensError is a bug of ours, and says so. */
export function sentenceFor(error: unknown): string {
  if (isLensError(error)) return error.message;
  const words = error instanceof Error ? error.message : String(error);
  return `Something broke that should not: ${words}`;
}
