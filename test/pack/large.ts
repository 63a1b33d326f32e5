import { laterHeads } from '../../src/clip/trace.ts';
import type { BlockSummary } from '../../src/lens/blockSummary.ts';
import { columnsOf } from '../../src/pack/arrays.ts';
import { type BlockCodes, encodeBlock, encodeHead } from '../../src/pack/index.ts';
import { CODE_TERMS } from '../../src/pack/wordCodes.ts';
import { madeUpParts, noise } from './analysis.ts';

/** The sizes of ViT-B/32 over 5,000 images, with as many words as ship. */
export const LARGE = {
  images: 5000,
  neurons: 3072,
  dim: 512,
  blocks: 12,
  heads: 12,
  topK: 100,
  listed: 48,
  bins: 40,
};
const WORDS = 1000;

/**
 * The files of a pack of 12 blocks of 3,072 neurons, of made-up numbers. Only the first block is there, which is the
 * largest: it has the most later heads.
 */
export function largePack(): Map<string, Uint8Array> {
  const { neurons, dim, blocks, heads, ...rest } = LARGE;
  const { texts: _, blocks: __, ...head } = madeUpParts();
  const words = Array.from({ length: WORDS }, (_, i) => `some word ${i}`);
  const first = encodeBlock(summary(), codes(words));
  const entries = Array.from({ length: blocks }, (_, block) => {
    const later = laterHeads(block, blocks + 1, heads).length;
    const { columns } = columnsOf({ ...rest, neurons, dim, heads: later, codes: CODE_TERMS });
    const names = { overview: `block-${block}.overview.safetensors`, detail: `block-${block}.safetensors` };
    const entry = { ...first.entry, block, ...names, columns: columns as typeof first.entry.columns };
    return { entry, options: first.options, images: first.images };
  });
  const { config } = head.model;
  const vision = { ...config.vision, width: neurons / 4, layers: blocks + 1, heads, neurons };
  const closing = encodeHead(
    {
      ...head,
      model: { ...head.model, config: { dim, vision: { ...vision, imageSize: 224, patchSize: 32 } } },
      set: { ...head.set, count: LARGE.images },
      texts: { words, embeddings: noise(WORDS * dim, 3) },
      codes: {
        atoms: 'unit-atoms',
        lengths: CODE_TERMS.map((terms) => ({ terms, chance: { mean: 0.1, deviation: 0.01 } })),
      },
    },
    entries,
  );
  return new Map([...first.files, ...closing]);
}

function summary(): BlockSummary {
  const { images, neurons, dim, blocks, heads, topK, listed, bins } = LARGE;
  const later = laterHeads(0, blocks + 1, heads);
  const some = (columns: number) =>
    Int32Array.from({ length: neurons * columns }, (_, i) => (i * 7919) % images);
  const floats = (columns: number, seed: number) => noise(neurons * columns, seed);
  return {
    ...{ block: 0, images, neurons, dim, topK, listed, bins },
    ...{ looked: 'all', uncertified: 0, laterHeads: later },
    overview: {
      typicalNorm: floats(1, 1).map(Math.abs),
      maxNorm: floats(1, 2).map(Math.abs),
      thresholds: floats(1, 3).map(Math.abs),
      varianceShares: floats(1, 4).map(Math.abs),
      topShare: floats(1, 5).map(Math.abs),
      positiveShare: floats(1, 6).map(Math.abs),
      previewImages: some(4),
    },
    detail: {
      directions: floats(dim, 7),
      means: floats(dim, 8),
      positiveImages: some(listed),
      positiveActivations: floats(listed, 9).map(Math.abs),
      negativeImages: some(listed),
      negativeActivations: floats(listed, 10).map((x) => -Math.abs(x)),
      topImages: some(topK),
      histogramCounts: some(bins),
      histogramRange: floats(2, 11),
      headShares: floats(later.length, 12),
    },
  };
}

function codes(words: readonly string[]): BlockCodes {
  const { neurons } = LARGE;
  const longest = Math.max(...CODE_TERMS);
  const list = (neuron: number) =>
    Array.from({ length: longest }, (_, i) => words[(neuron * longest + i) % words.length]!);
  return {
    words: Array.from({ length: neurons }, (_, neuron) => list(neuron)),
    codes: CODE_TERMS.map((terms) => ({
      terms,
      words: Int32Array.from({ length: neurons * terms }, (_, i) => i % terms),
      weights: noise(neurons * terms, terms),
      r2: noise(neurons, terms + 1).map(Math.abs),
    })),
  };
}
