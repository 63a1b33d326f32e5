import { LensError } from '../../../errors.ts';
import { shortly } from '../../shortly.ts';
import { fourBits, type OnnxModel, type OnnxNode, type OnnxTensor, TYPE } from './model.ts';
import { damaged } from './protobuf.ts';
import { dimsOf, type Quantisation, squeezed, storedNumbers, type Weight } from './weight.ts';

/** Operators through which a value keeps its numbers, be they cast, moved or rounded for an int8 product. */
const TRANSPARENT = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Transpose',
  'Unsqueeze',
  'Squeeze',
  'Flatten',
  'Dropout',
  'DynamicQuantizeLinear',
]);

const FOUR_BITS = new Set(['MatMulNBits', 'MatMulBnb4', 'MatMulFpQ4', 'GatherBlockQuantized']);

/** Longest chain of operators that is followed between two parts of a model. */
const MAX_CHAIN = 64;
/** Largest constant that is looked into, such as the ids of positions. */
const MAX_NUMBERS = 2 ** 16;

/** An ONNX graph, walked from what is computed back to what it is computed from. */
export class OnnxGraph {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly inputs: ReadonlySet<string>;
  /** Looked up already; undefined for values that are no constants. */
  private readonly weights = new Map<string, Weight | undefined>();
  private readonly decoded = new Map<OnnxTensor, ArrayLike<number>>();

  /** @throws LensError `bad-file` when a value has two origins, `unsupported` for weights of 4 bits. */
  constructor(readonly model: OnnxModel) {
    this.inputs = new Set(model.inputs.filter((name) => !model.initialisers.has(name)));
    for (const node of model.nodes) {
      if (FOUR_BITS.has(node.op)) throw fourBits();
      for (const output of node.outputs) {
        if (output === '') continue;
        if (this.producers.has(output) || model.initialisers.has(output) || this.inputs.has(output)) {
          throw damaged(`the value ${shortly(output)} is computed twice`);
        }
        this.producers.set(output, node);
      }
    }
  }

  get nodes(): readonly OnnxNode[] {
    return this.model.nodes;
  }

  isInput(value: string | undefined): boolean {
    return value !== undefined && this.inputs.has(value);
  }

  /** The operator that computes a value; undefined for inputs and initialisers. */
  producer(value: string | undefined): OnnxNode | undefined {
    return value === undefined ? undefined : this.producers.get(value);
  }

  /** The value before casts and changes of shape, also before `more` operators, whose first input is followed. */
  origin(value: string | undefined, more: ReadonlySet<string> = new Set()): string | undefined {
    let at = value;
    for (let step = 0; step < MAX_CHAIN; step++) {
      const node = this.producer(at);
      if (!node || !(TRANSPARENT.has(node.op) || more.has(node.op))) return at;
      at = node.inputs[0];
    }
    return at;
  }

  /** The operator that computes what a value is before casts and changes of shape. */
  source(value: string | undefined): OnnxNode | undefined {
    return this.producer(this.origin(value));
  }

  /** The first that `match` finds at a value or behind it, through `pass` operators and transparent ones. */
  behind<T>(
    value: string | undefined,
    pass: ReadonlySet<string>,
    match: (value: string) => T | undefined,
  ): T | undefined {
    const seen = new Set<string>();
    const next = [value];
    while (next.length > 0 && seen.size < MAX_CHAIN) {
      const at = next.shift();
      if (!at || seen.has(at)) continue;
      seen.add(at);
      const found = match(at);
      if (found !== undefined) return found;
      const node = this.producer(at);
      if (!node) continue;
      if (pass.has(node.op)) next.push(...node.inputs);
      else if (TRANSPARENT.has(node.op)) next.push(node.inputs[0]);
    }
    return undefined;
  }

  /** A constant and what is done to it before its use; undefined for values that depend on the inputs. */
  weight(value: string | undefined, depth = 0): Weight | undefined {
    if (value === undefined || depth > MAX_CHAIN) return undefined;
    if (!this.weights.has(value)) {
      this.weights.set(value, undefined); // what a circle of values would find
      this.weights.set(value, this.findWeight(value, depth + 1));
    }
    return this.weights.get(value);
  }

  private findWeight(value: string, depth: number): Weight | undefined {
    const tensor = this.constant(value);
    if (tensor) return { tensor, transposed: false };
    const node = this.producer(value);
    if (!node) return undefined;
    if (node.op === 'DequantizeLinear') return this.dequantised(node, depth);
    if (node.op === 'Gather') return this.gathered(node, depth);
    if (!(TRANSPARENT.has(node.op) || node.op === 'Expand') || node.op === 'DynamicQuantizeLinear') {
      return undefined;
    }
    const from = this.weight(node.inputs[0], depth);
    if (!from) return undefined;
    if (node.op === 'Transpose') return transpose(from, node);
    if (node.op === 'Reshape') return this.keepsShape(from, node, depth) ? from : undefined;
    return from;
  }

  /** A quantised weight: scales and zero points are constants, per tensor or along `axis`. */
  quantise(
    weight: Weight,
    scale: string | undefined,
    zero: string | undefined,
    axis: number,
    depth = 0,
  ): Weight | undefined {
    const scales = this.numbers(scale, depth);
    const zeros = zero ? this.numbers(zero, depth) : [0];
    const size = weight.tensor.dims[axis] ?? 1;
    const fits = (list: ArrayLike<number> | undefined) => list && (list.length === 1 || list.length === size);
    if (!fits(scales) || !fits(zeros) || weight.quantisation || weight.transposed) return undefined;
    const quantisation: Quantisation = { scales: scales!, zeros: zeros!, axis };
    return { ...weight, quantisation };
  }

  /** The numbers of a constant that is not large. */
  numbers(value: string | undefined, depth = 0): ArrayLike<number> | undefined {
    const weight = this.weight(value, depth);
    if (!weight || weight.quantisation || weight.rows || weight.transposed) return undefined;
    return this.numbersOf(weight.tensor);
  }

  /** The one number of a constant; casts of it are looked through. */
  scalar(value: string | undefined): number | undefined {
    const weight = this.weight(value);
    if (weight && squeezed(weight.tensor.dims).length === 0) return this.numbers(value)?.[0];
    const node = this.producer(value);
    return node?.op === 'Constant' ? attributeNumber(node, 'value_float', 'value_int') : undefined;
  }

  /** A shape being computed: known numbers, and undefined for each part known only when the graph runs. */
  shape(value: string | undefined, depth = 0): (number | undefined)[] {
    const known = this.knownShape(value, depth);
    if (known) return [...known];
    const node = this.producer(value);
    if (node?.op !== 'Concat') return [undefined];
    return node.inputs.flatMap((input): (number | undefined)[] => {
      const part = this.knownShape(input, depth);
      return part ? [...part] : [undefined];
    });
  }

  private knownShape(value: string | undefined, depth: number): readonly number[] | undefined {
    const numbers = this.numbers(value, depth);
    if (numbers) return Array.from(numbers);
    const node = this.producer(value);
    const listed = node?.op === 'Constant' ? node.attributes.get('value_ints') : undefined;
    return Array.isArray(listed) ? listed : undefined;
  }

  private constant(value: string): OnnxTensor | undefined {
    const stored = this.model.initialisers.get(value);
    if (stored) return stored;
    const node = this.producer(value);
    const held = node?.op === 'Constant' ? node.attributes.get('value') : undefined;
    return typeof held === 'object' && 'storage' in held ? held : undefined;
  }

  private numbersOf(tensor: OnnxTensor): ArrayLike<number> | undefined {
    const count = tensor.dims.reduce((product, size) => product * size, 1);
    if (count > MAX_NUMBERS || tensor.storage === 'none') return undefined;
    const numbers = this.decoded.get(tensor) ?? storedNumbers(this.model, tensor);
    this.decoded.set(tensor, numbers);
    return numbers;
  }

  private dequantised(node: OnnxNode, depth: number): Weight | undefined {
    const stored = this.weight(node.inputs[0], depth);
    const axis = attributeNumber(node, 'axis') ?? 1;
    return stored && this.quantise(stored, node.inputs[1], node.inputs[2], axis, depth);
  }

  /** Rows of a constant table, picked by constant ids. */
  private gathered(node: OnnxNode, depth: number): Weight | undefined {
    const table = this.weight(node.inputs[0], depth);
    const ids = this.numbers(node.inputs[1], depth);
    const axis = attributeNumber(node, 'axis') ?? 0;
    if (!table || !ids || axis !== 0 || table.rows || table.transposed) return undefined;
    const [count = 0] = table.tensor.dims;
    const rows = Array.from(ids);
    if (rows.some((row) => !(row >= 0 && row < count))) throw damaged('a table is read beyond its end');
    const all = rows.length === count && rows.every((row, i) => row === i);
    return all ? table : { ...table, rows };
  }

  private keepsShape(from: Weight, node: OnnxNode, depth: number): boolean {
    const wanted = this.shape(node.inputs[1], depth);
    const dims = dimsOf(from);
    const known = squeezed(wanted.filter((size) => size !== undefined));
    return known.length === dims.length && known.every((size, i) => size === dims[i] || size === -1);
  }
}

function transpose(from: Weight, node: OnnxNode): Weight | undefined {
  const perm = node.attributes.get('perm');
  const order = Array.isArray(perm) ? perm.join() : '1,0';
  const matrix = from.tensor.dims.length === 2 && !from.rows;
  return matrix && order === '1,0' ? { ...from, transposed: !from.transposed } : undefined;
}

/** The first of these attributes that is a number. */
export function attributeNumber(node: OnnxNode, ...names: string[]): number | undefined {
  const value = names.map((name) => node.attributes.get(name)).find((held) => typeof held === 'number');
  return value as number | undefined;
}

/** True for constants that hold weights: floats, or whole numbers that stand for them. */
export const isFloat = ({ tensor }: Weight): boolean =>
  [TYPE.float, TYPE.float16, TYPE.bfloat16, TYPE.double].some((type) => type === tensor.type);

/** The refusal of a graph that is not built like CLIP's. */
export const notClip = (file: string, what: string): LensError =>
  new LensError(
    'unsupported',
    `${file} is an ONNX graph, but not that of a CLIP with a vision transformer as exported from Hugging Face: ` +
      `${what}. Use the model.safetensors it was made from.`,
  );
