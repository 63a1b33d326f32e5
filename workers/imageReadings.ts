import type { Engine } from '../src/engine/engine.ts';
import type { ReadImage } from '../src/engine/reading/imageReading.ts';
import { LensError } from '../src/errors.ts';
import { FORGOTTEN_READING } from './imageProtocol.ts';

/** The picture in view and those before it, for going back. */
const KEPT_READINGS = 4;
/** Of all of them; the newest stays whatever it takes. ViT-B/32 with three blocks: 23 MB each. */
const KEPT_BYTES = 256 * 2 ** 20;

/** Pictures that were read, by number: the last few of the model that runs. */
export class ImageReadings {
  readonly #kept = new Map<number, { readonly engine: Engine; readonly reading: ReadImage }>();
  readonly #mostBytes: number;

  constructor(mostBytes = KEPT_BYTES) {
    this.#mostBytes = mostBytes;
  }

  keep(id: number, engine: Engine, reading: ReadImage): void {
    this.dropOthers(engine);
    this.#kept.delete(id);
    this.#kept.set(id, { engine, reading });
    for (const oldest of this.#kept.keys()) {
      const fits = this.#kept.size <= KEPT_READINGS && this.#bytes() <= this.#mostBytes;
      if (fits || this.#kept.size === 1) break;
      this.#kept.delete(oldest);
    }
  }

  /** @throws LensError `bad-request` for a picture that is not kept, or that another model read */
  get(id: number, engine: Engine): ReadImage {
    const kept = this.#kept.get(id);
    if (kept?.engine !== engine) throw new LensError('bad-request', FORGOTTEN_READING);
    this.#kept.delete(id);
    this.#kept.set(id, kept); // newest last: a Map keeps insertion order
    return kept.reading;
  }

  /** Lets go of what other models read. */
  dropOthers(engine: Engine): void {
    for (const [id, kept] of this.#kept) if (kept.engine !== engine) this.#kept.delete(id);
  }

  #bytes(): number {
    return [...this.#kept.values()].reduce((sum, { reading }) => sum + reading.bytes, 0);
  }
}
