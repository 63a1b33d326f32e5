import { useLens } from '../../state/index.ts';

/** Tries again what could not be loaded: model and pictures, then the block. */
export function reload(block: number): void {
  const { openSubject, ensureBlock } = useLens.getState();
  void openSubject().then(() => ensureBlock(block));
}
