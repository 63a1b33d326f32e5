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
  /** True when something keeps tokens from attending to others. */
  readonly masked: boolean;
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
  const parts = attended && attention(g, attended.layer.input, broken);
  const norm1 = parts && norm(g, parts.query.input);
  if (!attended || !parts || !norm1 || !same(g, norm1.input, attended.stream)) {
    throw broken('the attention of one of its blocks');
  }
  const { query, key, value: values, heads, masked } = parts;
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
    masked,
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

/** softmax(scale·query·key + mask)·value, as operators or as one. */
interface AttentionMatch {
  readonly query: string | undefined;
  readonly key: string | undefined;
  readonly value: string | undefined;
  /** Undefined where it is computed when the graph runs. */
  readonly scale: number | undefined;
  readonly masked: boolean;
  /** Where an attribute states them. */
  readonly heads?: number | undefined;
}

function attention(g: OnnxGraph, value: string | undefined, broken: (what: string) => Error) {
  const node = g.source(value);
  const found = node?.op === 'MatMul' ? spelledOut(g, node) : node && fused(node);
  if (!found) return undefined;
  const [query, key, values] = [found.query, found.key, found.value].map((operand) =>
    g.behind(operand, SPLIT, (at) => linear(g, at)),
  );
  if (!query || !key || !values) return undefined;
  const width = query.bias?.tensor.dims.at(-1) ?? 0;
  const heads = found.heads ?? splitInto(g, found.query, width);
  const wanted = heads && Math.sqrt(heads / width);
  if (found.scale && wanted && Math.abs(found.scale - wanted) > 0.01 * wanted) {
    throw broken(`an attention scaled by ${found.scale.toPrecision(3)}`);
  }
  return { query, key, value: values, heads, masked: found.masked };
}

/** ONNX's and ONNX Runtime's operators for attention. */
function fused(node: OnnxNode): AttentionMatch | undefined {
  if (node.op !== 'Attention' && node.op !== 'MultiHeadAttention') return undefined;
  const [query, key, value, ...rest] = node.inputs;
  const causal = attributeNumber(node, 'is_causal', 'unidirectional') === 1;
  return {
    query,
    key,
    value,
    scale: attributeNumber(node, 'scale'),
    masked: causal || rest.some((input) => input !== ''),
    heads: attributeNumber(node, 'q_num_heads', 'num_heads'),
  };
}

function spelledOut(g: OnnxGraph, product: OnnxNode): AttentionMatch | undefined {
  const softmax = g.behind(product.inputs[0], AROUND_SOFTMAX, (at) => producerOf(g, at, 'Softmax'));
  const logits = softmax && toLogits(g, softmax.inputs[0]);
  if (!logits) return undefined;
  const [query, key] = logits.product.inputs;
  const scales = [logits.scale, scaling(g, query), scaling(g, key)];
  const known = scales.every((scale) => scale !== undefined);
  const scale = known ? scales.reduce((product, factor) => product! * factor!, 1) : undefined;
  return { query, key, value: product.inputs[1], scale, masked: logits.masked };
}

const MAX_STEPS = 16;

/** From the softmax back to query·key, through scales and masks. */
function toLogits(g: OnnxGraph, value: string | undefined) {
  const isProduct = (at: string) => producerOf(g, at, 'MatMul');
  let scale: number | undefined = 1;
  let masked = false;
  let at = value;
  for (let step = 0; step < MAX_STEPS; step++) {
    const node = g.source(at);
    if (node?.op === 'MatMul') return { product: node, scale, masked };
    if (!node || !AROUND_SOFTMAX.has(node.op)) return undefined;
    if (node.op === 'Add' || node.op === 'Where') masked = true;
    else scale = times(scale, factorOf(g, node));
    at = node.inputs.find((input) => g.behind(input, AROUND_SOFTMAX, isProduct));
  }
  return undefined;
}

/** The constants that a projection is multiplied with before its use; undefined where one is computed. */
function scaling(g: OnnxGraph, value: string | undefined): number | undefined {
  let scale: number | undefined = 1;
  let at = value;
  for (let step = 0; step < MAX_STEPS; step++) {
    const node = g.source(at);
    if (!node || !SPLIT.has(node.op)) return scale;
    scale = times(scale, factorOf(g, node));
    at = node.inputs.find((input) => g.scalar(input) === undefined);
  }
  return undefined;
}

const times = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a * b;

function factorOf(g: OnnxGraph, { op, inputs }: OnnxNode): number | undefined {
  const [a, b] = inputs.map((input) => g.scalar(input));
  if (op === 'Mul') return a ?? b;
  return b === undefined ? undefined : 1 / b;
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
