import type { BlockPaths } from '../../lens/paths.ts';
import type { BlockReference } from './imageReading.ts';
import type { ReadingPasses } from './passes.ts';

/** Of paths: 17 MB for ViT-B/32 block 9, 53 MB for its block 0, 31 MB for ViT-L/14 block 21. */
const PATHS_BYTES = 192 * 2 ** 20;
/** Of references: 12.6 MB a block of ViT-B/32, 25 MB of ViT-L/14. */
const REFERENCE_BYTES = 256 * 2 ** 20;

/** A reference, and y_n = U_n·r_n [N, R] of its directions. */
export interface KnownReference extends BlockReference {
  readonly along: Float32Array;
}

/** What depends on model and reference but on no picture: kept from one picture to the next. */
export class ReadingBlocks {
  readonly #load: (block: number, signal?: AbortSignal) => Promise<BlockPaths>;
  readonly #passes: ReadingPasses;
  readonly #paths = new Map<number, BlockPaths>();
  readonly #references = new Map<number, KnownReference>();

  constructor(load: (block: number, signal?: AbortSignal) => Promise<BlockPaths>, passes: ReadingPasses) {
    this.#load = load;
    this.#passes = passes;
  }

  async paths(block: number, signal?: AbortSignal): Promise<BlockPaths> {
    const paths = this.#paths.get(block) ?? (await this.#load(block, signal));
    keep(this.#paths, block, paths, PATHS_BYTES, pathsBytes);
    return paths;
  }

  /** The reference as it was kept, when the numbers are the same: pictures read against it then share its memory. */
  async reference(given: BlockReference, paths: BlockPaths, signal?: AbortSignal): Promise<KnownReference> {
    const kept = this.#references.get(given.block);
    const known =
      kept && isSame(kept, given)
        ? kept
        : { ...given, along: await this.#passes.along(paths, given.directions, signal) };
    keep(this.#references, given.block, known, REFERENCE_BYTES, referenceBytes);
    return known;
  }
}

/** Puts `value` last and drops the first until the others fit; the last stays whatever it takes. */
function keep<T>(
  map: Map<number, T>,
  key: number,
  value: T,
  most: number,
  bytesOf: (value: T) => number,
): void {
  map.delete(key);
  map.set(key, value);
  let bytes = [...map.values()].reduce((sum, each) => sum + bytesOf(each), 0);
  for (const [oldest, each] of map) {
    if (bytes <= most || map.size === 1) break;
    map.delete(oldest);
    bytes -= bytesOf(each);
  }
}

const pathsBytes = ({ writes, reads, projections }: BlockPaths): number =>
  [writes, ...reads, ...projections].reduce((sum, { byteLength }) => sum + byteLength, 0);

const referenceBytes = ({ means, directions, along }: KnownReference): number =>
  means.byteLength + directions.byteLength + along.byteLength;

const isSame = (a: BlockReference, b: BlockReference): boolean =>
  equal(a.directions, b.directions) && equal(a.means, b.means) && equal(a.thresholds, b.thresholds);

const equal = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);
