import { laterHeads } from '../../src/clip/trace.ts';
import type { BlockAnalysis } from '../../src/lens/analysis.ts';
import { summarise } from '../../src/lens/summarise.ts';
import { type BlockCodes, describer } from '../../src/pack/wordCodes.ts';
import type { PackParts } from '../../src/pack/write.ts';

/** Repeatable numbers in (−1, 1). */
export function noise(length: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export const SIZES = { images: 30, neurons: 8, dim: 5, layers: 4, heads: 2, topK: 6, listed: 10 };

/** An analysis of made-up numbers with the shapes of a real one. */
export function madeUpAnalysis(block: number): BlockAnalysis {
  const { images, neurons, dim, layers, heads, topK, listed } = SIZES;
  const later = laterHeads(block, layers, heads);
  const norms = noise(images * neurons, block + 10).map(Math.abs);
  const topImages = new Int32Array(neurons * topK);
  const thresholds = new Float32Array(neurons);
  for (let n = 0; n < neurons; n++) {
    const order = Array.from({ length: images }, (_, i) => i);
    order.sort((a, b) => norms[b * neurons + n]! - norms[a * neurons + n]!);
    topImages.set(order.slice(0, topK), n * topK);
    thresholds[n] = norms[order[topK - 1]! * neurons + n]!;
  }
  return {
    options: { block, topK, listed },
    images,
    neurons,
    dim,
    laterHeads: later,
    embeddings: noise(images * dim, 1),
    means: noise(neurons * dim, block + 20),
    norms,
    thresholds,
    topImages,
    directions: noise(neurons * dim, block + 30),
    varianceShares: noise(neurons, block + 40).map(Math.abs),
    activations: noise(images * neurons, block + 50),
    headShares: noise(neurons * later.length, block + 60),
  };
}

const tower = {
  width: 2,
  layers: SIZES.layers,
  heads: SIZES.heads,
  neurons: SIZES.neurons,
  layerNormEps: 1e-5,
};

/** A pack of blocks 0 and 2 with three texts. */
export function madeUpParts(): PackParts {
  return {
    software: { name: 'neuronlens', version: '0.0.0' },
    model: {
      name: 'made up',
      hash: 'a'.repeat(64),
      config: { dim: SIZES.dim, vision: { ...tower, activation: 'quick_gelu', imageSize: 8, patchSize: 4 } },
    },
    set: { name: 'made up', hash: 'b'.repeat(64), count: SIZES.images },
    backend: {
      provider: 'cpu',
      adapter: '',
      software: false,
      threads: 2,
      crossOriginIsolated: false,
      precision: 'float32',
      runtime: 'none',
    },
    texts: { words: ['cat', 'dog', 'snowman ☃'], embeddings: noise(3 * SIZES.dim, 7) },
    blocks: [0, 2].map((block) => summarise(madeUpAnalysis(block))),
  };
}

/** The same with its neurons put into those words. */
export async function describedParts(): Promise<PackParts> {
  const parts = madeUpParts();
  const { forms, describe } = await describer(parts.texts!, SIZES.dim);
  const described = new Map<number, BlockCodes>();
  for (const { block, detail } of parts.blocks) described.set(block, await describe(detail.directions));
  return { ...parts, codes: forms, described };
}
