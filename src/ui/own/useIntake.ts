import { useCallback, useState } from 'react';
import { isBundle, useLens } from '../../state/index.ts';
import { sortFiles } from './gatherFiles.ts';
import type { RefusedFile } from './RefusedList.tsx';

interface Intake {
  readonly take: (files: readonly File[]) => void;
  readonly refused: readonly RefusedFile[];
  readonly forget: () => void;
}

/**
 * Hands files to the store and keeps a list of those it could not take. The store tells of a file it
 * cannot read by a notice; here that is a line of a list, which can hold more than a few.
 */
export function useIntake(): Intake {
  const [refused, setRefused] = useState<readonly RefusedFile[]>([]);
  const take = useCallback((files: readonly File[]): void => {
    const [first] = files;
    if (!first) return;
    if (files.length === 1 && isBundle(first)) {
      void useLens.getState().openBundle(first);
      return;
    }
    const sorted = sortFiles(files);
    setRefused((before) => [...before, ...sorted.refused]);
    if (sorted.pictures.length === 0) return;
    const stop = collectNotices(sorted.pictures, (file) => setRefused((before) => [...before, file]));
    void useLens.getState().addOwn(sorted.pictures).finally(stop);
  }, []);
  return { take, refused, forget: useCallback(() => setRefused([]), []) };
}

/** Turns notices that name one of the files into lines of the list; other notices stay where they are. */
function collectNotices(files: readonly File[], found: (file: RefusedFile) => void): () => void {
  const names = files.map((file) => file.name);
  const done = new Set<number>();
  return useLens.subscribe((state, before) => {
    if (state.notices === before.notices) return;
    for (const notice of state.notices) {
      if (done.has(notice.id)) continue;
      const name = names.find((candidate) => candidate && notice.text.includes(candidate));
      if (!name) continue;
      done.add(notice.id);
      found({ name, reason: notice.text });
      state.dismiss(notice.id);
    }
  });
}
