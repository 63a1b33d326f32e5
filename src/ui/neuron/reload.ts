import { useLens } from '../../state/index.ts';

/** Tries again what could not be loaded: the analysis and its pictures, then the block. */
export function reload(block: number): void {
  const { openCatalogue, ensureBlock } = useLens.getState();
  void openCatalogue().then(() => ensureBlock(block));
}
