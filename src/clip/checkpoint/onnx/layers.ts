import type { Activation } from '../../config.ts';
import { attributeNumber, isFloat, type OnnxGraph } from './graph.ts';
import type { OnnxNode } from './model.ts';
import { dimsOf, type Weight } from './weight.ts';

/** y = x·weight + bias, however the exporter wrote it. */
export interface LinearMatch {
  readonly input: string | undefined;
  /** Used as [in, out]. */
  readonly weight: Weight;
  readonly bias?: Weight;
  /** The product's own operator. */
  readonly node: OnnxNode;
}

/** The linear layer whose result a value is: Gemm, MatMul with or without Add, or a dynamically quantised one. */
export function linear(g: OnnxGraph, value: string | undefined): LinearMatch | undefined {
  const node = g.source(value);
  if (node?.op !== 'Add') return product(g, value);
  for (const [x, b] of bothWays(node)) {
    const bias = vector(g, b);
    const found = bias && product(g, x);
    if (found && !found.bias) return { ...found, bias };
  }
  return undefined;
}

function product(g: OnnxGraph, value: string | undefined): LinearMatch | undefined {
  const node = g.source(value);
  if (node?.op === 'MatMul') return plain(g, node);
  if (node?.op === 'Gemm') return gemm(g, node);
  if (node?.op === 'Mul') return scaled(g, node);
  if (node?.op === 'MatMulIntegerToFloat') return fused(g, node, 1, 3, 5, 6);
  if (node?.op === 'DynamicQuantizeMatMul') return fused(g, node, 1, 2, 3, 4);
  return undefined;
}

function plain(g: OnnxGraph, node: OnnxNode): LinearMatch | undefined {
  const weight = g.weight(node.inputs[1]);
  return weight && isMatrix(weight) ? { input: node.inputs[0], weight, node } : undefined;
}

function gemm(g: OnnxGraph, node: OnnxNode): LinearMatch | undefined {
  const stored = g.weight(node.inputs[1]);
  const plainProduct =
    (attributeNumber(node, 'alpha') ?? 1) === 1 &&
    (attributeNumber(node, 'beta') ?? 1) === 1 &&
    (attributeNumber(node, 'transA') ?? 0) === 0;
  if (!stored || !isMatrix(stored) || !plainProduct) return undefined;
  const flipped = (attributeNumber(node, 'transB') ?? 0) !== 0;
  const weight = flipped ? { ...stored, transposed: !stored.transposed } : stored;
  const bias = vector(g, node.inputs[2]);
  return { input: node.inputs[0], weight, node, ...(bias && { bias }) };
}

/** Cast(MatMulInteger(x, w)) · (scale of x · scale of w), what dynamic quantisation writes. */
function scaled(g: OnnxGraph, node: OnnxNode): LinearMatch | undefined {
  for (const [x, scale] of bothWays(node)) {
    const core = g.source(x);
    if (core?.op !== 'MatMulInteger') continue;
    const stored = g.weight(core.inputs[1]);
    const weight = stored && isMatrix(stored) && g.quantise(stored, weightScale(g, scale), core.inputs[3], 1);
    if (weight) return { input: core.inputs[0], weight, node: core };
  }
  return undefined;
}

/** ONNX Runtime's own fused forms, by the positions of their inputs. */
function fused(g: OnnxGraph, node: OnnxNode, at: number, scale: number, zero: number, bias: number) {
  const stored = g.weight(node.inputs[at]);
  const weight = stored && isMatrix(stored) && g.quantise(stored, node.inputs[scale], node.inputs[zero], 1);
  if (!weight) return undefined;
  const added = vector(g, node.inputs[bias]);
  return { input: node.inputs[0], weight, node, ...(added && { bias: added }) };
}

/** The constant factor in (scale of the values · scale of the weights). */
export function weightScale(g: OnnxGraph, value: string | undefined): string | undefined {
  const node = g.source(value);
  return node?.op === 'Mul' ? node.inputs.find((input) => g.numbers(input)) : undefined;
}

export interface NormMatch {
  readonly input: string | undefined;
  readonly gain: Weight;
  readonly bias: Weight;
  readonly eps: number;
}

/** The LayerNorm whose result a value is, as one operator or taken apart. */
export function norm(g: OnnxGraph, value: string | undefined): NormMatch | undefined {
  const node = g.source(value);
  if (node?.op === 'LayerNormalization') {
    const gain = vector(g, node.inputs[1]);
    const bias = vector(g, node.inputs[2]);
    const eps = attributeNumber(node, 'epsilon') ?? 1e-5;
    return gain && bias && { input: node.inputs[0], gain, bias, eps };
  }
  return node?.op === 'Add' ? decomposedNorm(g, node) : undefined;
}

function decomposedNorm(g: OnnxGraph, node: OnnxNode): NormMatch | undefined {
  for (const [x, b] of bothWays(node)) {
    const bias = vector(g, b);
    const product = bias && g.source(x);
    if (product?.op !== 'Mul') continue;
    for (const [normalised, a] of bothWays(product)) {
      const gain = vector(g, a);
      const found = gain && standardised(g, g.source(normalised));
      if (found) return { ...found, gain, bias: bias! };
    }
  }
  return undefined;
}

/** (x − mean x) / √(variance + eps), or times the reciprocal. */
function standardised(g: OnnxGraph, node: OnnxNode | undefined) {
  if (node?.op !== 'Div' && node?.op !== 'Mul') return undefined;
  const ways = node.op === 'Div' ? [bothWays(node)[0]!] : bothWays(node);
  for (const [centred, spread] of ways) {
    const difference = g.source(centred);
    if (difference?.op !== 'Sub' || g.source(difference.inputs[1])?.op !== 'ReduceMean') continue;
    const eps = g.behind(spread, ROOTS, (value) => addedScalar(g, g.producer(value)));
    if (eps !== undefined) return { input: difference.inputs[0], eps };
  }
  return undefined;
}

const ROOTS = new Set(['Sqrt', 'Reciprocal', 'Pow', 'Div']);

function addedScalar(g: OnnxGraph, node: OnnxNode | undefined): number | undefined {
  if (node?.op !== 'Add') return undefined;
  return node.inputs.map((input) => g.scalar(input)).find((number) => number !== undefined);
}

/** Between two linear layers: the first of them, and the non-linearity. */
export interface ActivationMatch {
  readonly before: LinearMatch;
  /** Undefined when it is none of CLIP's; then {@link operators} tell what it is. */
  readonly activation: Activation | undefined;
  readonly operators: readonly string[];
}

const MAX_OPERATORS = 40;

/** Follows a value back to the linear layer it comes from, and tells the function in between. */
export function activation(g: OnnxGraph, value: string | undefined): ActivationMatch | undefined {
  const operators: OnnxNode[] = [];
  const scalars: number[] = [];
  let before: LinearMatch | undefined;
  const seen = new Set<string>();
  const next = [value];
  while (next.length > 0 && seen.size < MAX_OPERATORS) {
    const at = next.pop();
    if (!at || seen.has(at)) continue;
    seen.add(at);
    const scalar = g.scalar(at);
    const found = scalar === undefined ? linear(g, at) : undefined;
    const node = g.producer(at);
    if (scalar !== undefined) scalars.push(scalar);
    else if (found && before && found.node !== before.node) return undefined;
    else if (found) before = found;
    else if (node) {
      operators.push(node);
      next.push(...node.inputs);
    }
  }
  if (!before) return undefined;
  return { before, activation: kindOf(operators, scalars), operators: operators.map(({ op }) => op) };
}

const near = (a: number, b: number): boolean => Math.abs(a - b) < 2e-3 * b;

function kindOf(nodes: readonly OnnxNode[], scalars: readonly number[]): Activation | undefined {
  const work = nodes.filter(
    ({ op }) => !['Cast', 'Identity', 'Reshape', 'DynamicQuantizeLinear'].includes(op),
  );
  const has = (op: string) => work.filter((node) => node.op === op).length;
  const [only] = work;
  if (work.length === 1 && only) {
    if (only.op === 'Gelu')
      return (only.attributes.get('approximate') ?? 'none') === 'none' ? 'gelu' : undefined;
    return only.op === 'QuickGelu' && near(attributeNumber(only, 'alpha') ?? 1.702, 1.702)
      ? 'quick_gelu'
      : undefined;
  }
  const only1702 = scalars.length === 1 && near(scalars[0]!, 1.702);
  if (work.length === 3 && has('Sigmoid') === 1 && has('Mul') === 2 && only1702) return 'quick_gelu';
  const root = scalars.some((number) => near(number, Math.SQRT2) || near(number, Math.SQRT1_2));
  const erf = has('Erf') === 1 && has('Add') === 1 && work.length === 5 && root;
  return erf && scalars.some((number) => near(number, 0.5)) ? 'gelu' : undefined;
}

/** A constant of one axis, as biases and gains are. */
function vector(g: OnnxGraph, value: string | undefined): Weight | undefined {
  const weight = value === undefined || value === '' ? undefined : g.weight(value);
  return weight && isFloat(weight) && dimsOf(weight).length === 1 ? weight : undefined;
}

const isMatrix = (weight: Weight): boolean => weight.tensor.dims.length === 2;

/** The two inputs of an operator in either order. */
export const bothWays = ({ inputs: [a, b] }: OnnxNode): [string | undefined, string | undefined][] => [
  [a, b],
  [b, a],
];
