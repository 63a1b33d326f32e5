import type { Activation } from '../../config.ts';
import { attributeNumber, type OnnxGraph } from './graph.ts';
import { activation, bothWays, type LinearMatch, linear, type NormMatch, norm } from './layers.ts';
import type { OnnxNode } from './model.ts';

/** The parts of a pre-LN block, found in a graph. */
export interface BlockMatch {
  /** The residual stream before the block. */
  readonly input: string | undefined;
  readonly norm1: NormMatch;
  readonly query: LinearMatch;
  readonly key: LinearMatch;
  readonly value: LinearMatch;
  readonly out: LinearMatch;
  readonly norm2: NormMatch;
  readonly fc1: LinearMatch;
  readonly fc2: LinearMatch;
  readonly activation: Activation;
  /** Undefined where the graph does not tell. */
  readonly heads: number | undefined;
}

/**
 * The block whose result a value is; undefined where the value is no sum of a stream and a layer's result.
 * @throws `broken(what)` when it begins like a block and goes on like none
 */
export function block(
  g: OnnxGraph,
  value: string | undefined,
  broken: (what: string) => Error,
): BlockMatch | undefined {
  const mlp = residual(g, value);
  if (!mlp) return undefined;
  const acted = activation(g, mlp.layer.input);
  const norm2 = acted && norm(g, acted.before.input);
  if (!acted || !norm2 || !same(g, norm2.input, mlp.stream)) throw broken('an MLP of one of its blocks');
  if (!acted.activation) throw broken(`an activation made of ${acted.operators.slice(0, 8).join(', ')}`);
  const attended = residual(g, mlp.stream);
  const parts = attended && attention(g, attended.layer.input);
  const norm1 = parts && norm(g, parts.query.input);
  if (!attended || !parts || !norm1 || !same(g, norm1.input, attended.stream)) {
    throw broken('the attention of one of its blocks');
  }
  const { query, key, value: values, heads } = parts;
  if (!same(g, key.input, query.input) || !same(g, values.input, query.input)) {
    throw broken('an attention whose queries, keys and values come from different places');
  }
  if (![query, key, values, acted.before].every(({ bias }) => bias)) throw broken('layers without bias');
  return {
    input: attended.stream,
    norm1,
    query,
    key,
    value: values,
    out: attended.layer,
    norm2,
    fc1: acted.before,
    fc2: mlp.layer,
    activation: acted.activation,
    heads,
  };
}

/** stream + layer(…) */
function residual(g: OnnxGraph, value: string | undefined) {
  const node = g.source(value);
  if (node?.op !== 'Add') return undefined;
  for (const [branch, stream] of bothWays(node)) {
    if (g.weight(stream)) continue; // a layer's own bias
    const layer = linear(g, branch);
    if (layer?.bias) return { stream, layer };
  }
  return undefined;
}

const same = (g: OnnxGraph, a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && g.origin(a) === g.origin(b);

/** Between a projection and the product that uses it: splitting into heads, and scaling. */
const SPLIT = new Set(['Mul', 'Div']);
/** Between the softmax and the products before and after it: masks, scales, and guards against NaN. */
const AROUND_SOFTMAX = new Set(['Mul', 'Div', 'Add', 'Where']);

function attention(g: OnnxGraph, value: string | undefined) {
  const node = g.source(value);
  const fused = node?.op === 'Attention' || node?.op === 'MultiHeadAttention';
  const operands = fused ? node.inputs.slice(0, 3) : operandsOf(g, node);
  if (!operands) return undefined;
  const [query, key, values] = operands.map((operand) => g.behind(operand, SPLIT, (at) => linear(g, at)));
  if (!query || !key || !values) return undefined;
  const width = query.bias?.tensor.dims.at(-1) ?? 0;
  const stated = fused ? attributeNumber(node, 'q_num_heads', 'num_heads') : undefined;
  return { query, key, value: values, heads: stated ?? splitInto(g, operands[0], width) };
}

/** Query, key and value of softmax(query·key)·value. */
function operandsOf(g: OnnxGraph, node: OnnxNode | undefined): (string | undefined)[] | undefined {
  if (node?.op !== 'MatMul') return undefined;
  const softmax = g.behind(node.inputs[0], AROUND_SOFTMAX, (at) => producerOf(g, at, 'Softmax'));
  const logits = softmax && g.behind(softmax.inputs[0], AROUND_SOFTMAX, (at) => producerOf(g, at, 'MatMul'));
  return logits && [logits.inputs[0], logits.inputs[1], node.inputs[1]];
}

function producerOf(g: OnnxGraph, value: string, op: string): OnnxNode | undefined {
  const node = g.producer(value);
  return node?.op === op ? node : undefined;
}

/** Heads, from the shape that splits a projection into them: [batch, tokens, heads, head size] or alike. */
function splitInto(g: OnnxGraph, value: string | undefined, width: number): number | undefined {
  return g.behind(value, SPLIT, (at) => {
    const node = g.producer(at);
    if (node?.op !== 'Reshape') return undefined;
    const shape = g.shape(node.inputs[1]);
    const size = shape.at(-1);
    if (size === undefined || size < 1 || width % size !== 0) return undefined;
    return shape.length > (size === width ? 3 : 2) ? width / size : undefined;
  });
}
