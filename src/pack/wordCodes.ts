import { decodeHalf, encodeHalf } from '../clip/float16.ts';
import { LensError } from '../errors.ts';
import { CHANCE_DIRECTIONS, randomDirections } from '../lens/randomDirections.ts';
import { codeOfPath, type FindStrongest, prepareAtoms, sparseCodePaths } from '../lens/sparseCode.ts';
import type { JobOptions } from '../progress.ts';
import type { PackTexts } from './arrays.ts';

/** m of the descriptions that a pack brings ready-made, ascending; longer ones are worked out when asked for. */
export const CODE_TERMS: readonly number[] = [4, 8, 16, 32];

/** How a pack's descriptions were made, and what R² is chance for each length. */
export interface CodeForms {
  readonly atoms: 'unit-atoms';
  readonly lengths: readonly {
    readonly terms: number;
    readonly chance: { readonly mean: number; readonly deviation: number };
  }[];
}

/** All neurons of a block in words. */
export interface BlockCodes {
  /** By neuron, the texts of its longest description in the order of choice; shorter ones use the first of them. */
  readonly words: readonly (readonly string[])[];
  readonly codes: readonly {
    readonly terms: number;
    /** [N, terms] places in the neuron's words, strongest |γ| first; −1 where a description is shorter. */
    readonly words: Int32Array;
    /** [N, terms] γ; 0 where there is no word. */
    readonly weights: Float32Array;
    /** [N] */
    readonly r2: Float32Array;
  }[];
}

export interface Describer {
  readonly forms: CodeForms;
  /** Directions [N, D] in words. @throws LensError `cancelled` */
  describe(directions: Float32Array, job?: JobOptions): Promise<BlockCodes>;
}

export interface DescriberOptions extends JobOptions {
  /** The product with all texts, on a device where there is one. */
  readonly strongest?: FindStrongest;
}

/** Directions that share a product with the pool. */
const TOGETHER = 32;

/**
 * Puts directions into the words of a pack, as a reader of that pack would: the texts' vectors are rounded to half
 * precision, as the pack keeps them.
 * @throws LensError `cancelled`, `bad-request` for texts of another size
 */
export async function describer(
  texts: PackTexts,
  dim: number,
  options: DescriberOptions = {},
): Promise<Describer> {
  const { strongest, ...job } = options;
  if (texts.words.length < 2 || texts.embeddings.length !== texts.words.length * dim) {
    throw new LensError('bad-request', `Descriptions need two texts or more, of ${dim} numbers each.`);
  }
  const atoms = prepareAtoms(decodeHalf(encodeHalf(texts.embeddings)), dim, 'unit-atoms');
  const longest = Math.max(...CODE_TERMS);

  async function codesOf(directions: Float32Array, stage: string, { signal, onProgress }: JobOptions) {
    const count = directions.length / dim;
    const words: string[][] = [];
    const codes = CODE_TERMS.map((terms) => ({
      terms,
      words: new Int32Array(count * terms).fill(-1),
      weights: new Float32Array(count * terms),
      r2: new Float32Array(count),
    }));
    for (let from = 0; from < count; from += TOGETHER) {
      if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
      const batch = directions.subarray(from * dim, (from + TOGETHER) * dim);
      const paths = await sparseCodePaths(batch, atoms, longest, strongest);
      for (const [b, path] of paths.entries()) {
        const place = new Map([...path.chosen].map((text, i) => [text, i]));
        words.push([...path.chosen].map((text) => texts.words[text]!));
        for (const code of codes) {
          const { texts: chosen, coefficients, r2 } = codeOfPath(path, code.terms);
          const at = (from + b) * code.terms;
          code.words.set(
            chosen.map((text) => place.get(text)!),
            at,
          );
          code.weights.set(coefficients, at);
          code.r2[from + b] = r2;
        }
      }
      onProgress?.({ stage, done: from + paths.length, total: count });
      await new Promise((resolve) => setTimeout(resolve)); // a cancel, or a Ctrl-C, is heard
    }
    return { words, codes };
  }

  const random = randomDirections(CHANCE_DIRECTIONS, dim, 1);
  const { codes } = await codesOf(random, 'What R² is chance', job);
  const lengths = codes.map(({ terms, r2 }) => ({ terms, chance: spreadOf(r2) }));
  return {
    forms: { atoms: 'unit-atoms', lengths },
    describe: (directions, own = job) => codesOf(directions, 'Describing neurons', own),
  };
}

function spreadOf(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, deviation: Math.sqrt(variance) };
}
