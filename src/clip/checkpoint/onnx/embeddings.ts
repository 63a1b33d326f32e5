import { attributeNumber, type OnnxGraph } from './graph.ts';
import { bothWays, weightScale } from './layers.ts';
import type { OnnxNode } from './model.ts';
import type { Weight } from './weight.ts';

export interface PatchEmbedding {
  readonly patch: Weight;
  readonly cls: Weight;
  readonly position: Weight;
}

/** CLS and patch tokens with positions: Concat(class, patches of the pixels) + table. */
export function patchEmbedding(g: OnnxGraph, value: string | undefined): PatchEmbedding | undefined {
  const sum = g.source(value);
  if (sum?.op !== 'Add') return undefined;
  for (const [tokens, table] of bothWays(sum)) {
    const position = positions(g, table);
    const joined = g.source(tokens);
    if (!position || joined?.op !== 'Concat' || joined.inputs.length !== 2) continue;
    const cls = g.weight(g.origin(joined.inputs[0], EXPAND));
    const patch = convolution(g, joined.inputs[1]);
    if (cls && patch) return { patch, cls, position };
  }
  return undefined;
}

const EXPAND = new Set(['Expand', 'Tile']);
const ADDED = new Set(['Mul']);

/** The kernel of a convolution of the pixels whose stride is its size, plain or dynamically quantised. */
function convolution(g: OnnxGraph, value: string | undefined): Weight | undefined {
  const node = g.source(value);
  if (node?.op === 'Conv') return tiles(g, node) && !node.inputs[2] ? g.weight(node.inputs[1]) : undefined;
  if (node?.op !== 'Mul') return undefined;
  for (const [x, scale] of bothWays(node)) {
    const core = g.behind(x, ADDED, (at) => only(g.producer(at), 'ConvInteger'));
    const stored = core && tiles(g, core) ? g.weight(core.inputs[1]) : undefined;
    const weight = stored && g.quantise(stored, weightScale(g, scale), core?.inputs[3], 0);
    if (weight) return weight;
  }
  return undefined;
}

const only = (node: OnnxNode | undefined, op: string): OnnxNode | undefined =>
  node?.op === op ? node : undefined;

function tiles(g: OnnxGraph, node: OnnxNode): boolean {
  const list = (name: string) => {
    const value = node.attributes.get(name);
    return Array.isArray(value) ? (value as readonly number[]) : [];
  };
  const size = list('kernel_shape').join();
  const still = list('pads').every((pad) => pad === 0) && list('dilations').every((step) => step === 1);
  const alone = (attributeNumber(node, 'group') ?? 1) === 1;
  return (
    alone && still && size !== '' && list('strides').join() === size && g.isInput(g.origin(node.inputs[0]))
  );
}

export interface TokenEmbedding {
  readonly token: Weight;
  readonly position: Weight;
}

/** Token ids looked up in a table, with positions added. */
export function tokenEmbedding(g: OnnxGraph, value: string | undefined): TokenEmbedding | undefined {
  const sum = g.source(value);
  if (sum?.op !== 'Add') return undefined;
  for (const [tokens, table] of bothWays(sum)) {
    const token = lookup(g, tokens, (ids) => g.isInput(g.origin(ids)));
    const position = positions(g, table);
    if (token && position) return { token, position };
  }
  return undefined;
}

/** A table of positions: a constant, or one read at ids that are counted when the graph runs. */
function positions(g: OnnxGraph, value: string | undefined): Weight | undefined {
  return (
    g.weight(value) ??
    g.weight(g.origin(value, SLICE)) ??
    lookup(g, value, (ids) => !g.isInput(g.origin(ids)))
  );
}

const SLICE = new Set(['Slice']);

/** The table of Gather(table, ids), also of a quantised one whose rows are de-quantised after. */
function lookup(
  g: OnnxGraph,
  value: string | undefined,
  accept: (ids: string | undefined) => boolean,
): Weight | undefined {
  const node = g.source(value);
  if (node?.op === 'DequantizeLinear') {
    const rows = g.source(node.inputs[0]);
    const stored = rows?.op === 'Gather' && accept(rows.inputs[1]) ? g.weight(rows.inputs[0]) : undefined;
    return stored && g.quantise(stored, node.inputs[1], node.inputs[2], 1);
  }
  if (node?.op !== 'Gather' || (attributeNumber(node, 'axis') ?? 0) !== 0) return undefined;
  return accept(node.inputs[1]) ? g.weight(node.inputs[0]) : undefined;
}
