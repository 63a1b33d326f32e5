import type { LensError } from '../../../errors.ts';
import { type BlockMatch, block } from './block.ts';
import { type PatchEmbedding, patchEmbedding, type TokenEmbedding, tokenEmbedding } from './embeddings.ts';
import { notClip, type OnnxGraph } from './graph.ts';
import { bothWays, type LinearMatch, linear, type NormMatch, norm } from './layers.ts';
import type { OnnxNode } from './model.ts';

/** A tower found in a graph, from its blocks' first to last. */
interface TowerMatch {
  readonly blocks: readonly BlockMatch[];
  readonly lastNorm: NormMatch;
  readonly projection: LinearMatch;
}

export interface VisionMatch extends TowerMatch {
  readonly kind: 'vision';
  readonly embedding: PatchEmbedding;
  readonly preNorm: NormMatch;
}

export interface TextMatch extends TowerMatch {
  readonly kind: 'text';
  readonly embedding: TokenEmbedding;
}

const MAX_BLOCKS = 200;
/** Products without bias that are looked at; CLIP has one a tower. */
const MAX_PROJECTIONS = 64;

/**
 * Finds CLIP's towers in a graph by its structure, not by names: every projection without bias is
 * followed back through the final LayerNorm and the blocks to pixels or token ids.
 * @throws LensError `unsupported` for a graph that is built otherwise
 */
export function findTowers(g: OnnxGraph): (VisionMatch | TextMatch)[] {
  const projections = unbiased(g);
  if (projections.length > MAX_PROJECTIONS)
    throw notClip(g.model.file, 'it has too many layers without bias');
  const towers = projections.flatMap((projection) => tower(g, projection) ?? []);
  if (towers.length === 0) {
    throw notClip(
      g.model.file,
      'no projection of pooled tokens into the joint image-text space was found (exports named ' +
        '"with projection" have it)',
    );
  }
  return towers;
}

/** Linear layers without bias. */
function unbiased(g: OnnxGraph): LinearMatch[] {
  const biased = new Set<OnnxNode>();
  const products = new Map<OnnxNode, LinearMatch>();
  for (const node of g.nodes) {
    if (!['Add', 'MatMul', 'Gemm', 'Mul', 'MatMulIntegerToFloat', 'DynamicQuantizeMatMul'].includes(node.op))
      continue;
    const found = linear(g, node.outputs[0]);
    if (found?.bias) biased.add(found.node);
    else if (found) products.set(found.node, found);
  }
  return [...products].filter(([node]) => !biased.has(node)).map(([, found]) => found);
}

/** Picks the CLS or end-of-text token out of all. */
const POOL = new Set(['Gather', 'GatherND', 'Slice']);

function tower(g: OnnxGraph, projection: LinearMatch): VisionMatch | TextMatch | undefined {
  const lastNorm = norm(g, g.origin(projection.input, POOL));
  if (!lastNorm) return undefined;
  const { blocks, input } = blocksBehind(g, g.origin(lastNorm.input, POOL));
  if (blocks.length === 0) return undefined;
  const parts = { blocks, lastNorm, projection };
  const preNorm = norm(g, input);
  const patches = preNorm && patchEmbedding(g, preNorm.input);
  if (preNorm && patches) return { kind: 'vision', ...parts, preNorm, embedding: patches };
  const tokens = tokenEmbedding(g, input);
  if (tokens && !blocks.every(({ masked }) => masked))
    throw notClip(g.model.file, 'its text tower looks ahead');
  if (tokens) return { kind: 'text', ...parts, embedding: tokens };
  throw notClip(g.model.file, 'the start of a tower is not understood');
}

function blocksBehind(g: OnnxGraph, value: string | undefined) {
  const broken = (what: string): LensError => notClip(g.model.file, `it has ${what} that is built otherwise`);
  const blocks: BlockMatch[] = [];
  let input = value;
  for (let found = block(g, input, broken); found; found = block(g, input, broken)) {
    blocks.unshift(found);
    input = found.input;
    if (blocks.length > MAX_BLOCKS) throw notClip(g.model.file, `it has more than ${MAX_BLOCKS} blocks`);
  }
  return { blocks, input };
}

/** What cosines are multiplied with, where the graph computes logits. */
export function temperature(g: OnnxGraph): number | undefined {
  for (const output of g.model.outputs) {
    const product = g.source(output);
    if (product?.op !== 'Mul') continue;
    for (const [cosines, scale] of bothWays(product)) {
      if (g.source(cosines)?.op !== 'MatMul') continue;
      const stored = g.scalar(g.origin(scale));
      const exp = g.source(scale);
      const log = exp?.op === 'Exp' ? g.scalar(g.origin(exp.inputs[0])) : undefined;
      const value = stored ?? (log === undefined ? undefined : Math.exp(log));
      if (value !== undefined && Number.isFinite(value) && value > 0) return value;
    }
  }
  return undefined;
}
