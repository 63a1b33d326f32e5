import { filesOfPack, type PackFiles, type PackSource } from '../src/pack/index.ts';

/** Packs that the page speaks of, by where they are. */
export class Packs {
  readonly #byUrl = new Map<string, Promise<PackFiles>>();

  /** @throws LensError as `filesOfPack` */
  files(source: PackSource): Promise<PackFiles> {
    if (source.kind === 'files') return filesOfPack(source);
    const known = this.#byUrl.get(source.url);
    if (known) return known;
    const opening = filesOfPack(source);
    this.#byUrl.set(source.url, opening);
    opening.catch(() => this.#byUrl.delete(source.url)); // a failure is not remembered
    return opening;
  }
}
