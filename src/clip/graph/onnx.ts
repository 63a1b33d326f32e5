import { Message } from './protobuf.ts';

/** Element types, numbered as in ONNX's TensorProto. */
const ELEMENT = { float32: 1, int64: 7, float16: 10 } as const;
export type Element = keyof typeof ELEMENT;

/** A dimension: a size, or the name of one that is known only when the graph runs. */
export type Dimension = number | string;

/** The name of a value that flows through a graph. */
export type Value = string;

/** An attribute: whole numbers, lists of them, strings; floats must be marked, since 1 and 1.0 differ in ONNX. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** Where the bytes of an initialiser lie when they are not in the model itself. */
export interface ExternalData {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

const OPSET = 17;
const IR_VERSION = 8;

/**
 * Writes an ONNX graph, operator by operator:
 *
 *     const g = new GraphBuilder('double');
 *     const x = g.input('x', 'float32', ['batch', 3]);
 *     g.output('y', 'float32', ['batch', 3], g.op('Add', [x, x]));
 *     const model = g.encode();
 *
 * Constants are shared; large weights are referred to as external data, so that a model's bytes stay
 * some kilobytes and nothing is copied.
 */
export class GraphBuilder {
  private readonly nodes: Message[] = [];
  private readonly initialisers: Message[] = [];
  private readonly inputs: Message[] = [];
  private readonly outputs: Message[] = [];
  private readonly constants = new Map<string, Value>();
  private count = 0;

  constructor(private readonly name: string) {}

  /** Declares an input and returns its value. */
  input(name: string, element: Element, shape: readonly Dimension[]): Value {
    this.inputs.push(valueInfo(name, element, shape));
    return name;
  }

  /** Declares `value` as the output `name`. */
  output(name: string, element: Element, shape: readonly Dimension[], value: Value): void {
    this.node('Identity', [value], [name], {});
    this.outputs.push(valueInfo(name, element, shape));
  }

  /** Adds an operator with one output and returns it. */
  op(type: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    return this.ops(type, inputs, 1, attributes)[0]!;
  }

  /** Adds an operator with `outputs` outputs and returns them in ONNX's order. */
  ops(
    type: string,
    inputs: readonly Value[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    const values = Array.from({ length: outputs }, () => `${type}_${this.count++}`);
    this.node(type, inputs, values, attributes);
    return values;
  }

  /** A whole-number constant [values.length], as shapes, axes and slices want it. */
  integers(...values: number[]): Value {
    return this.constant(`int:${values}`, 'int64', [values.length], () =>
      bytesOf(BigInt64Array.from(values, BigInt)),
    );
  }

  /** A scalar constant. */
  scalar(value: number): Value {
    return this.constant(`float:${value}`, 'float32', [], () => bytesOf(new Float32Array([value])));
  }

  /** A weight whose numbers are kept in the model: for small arrays only. */
  weight(name: string, shape: readonly number[], data: Float32Array): Value {
    this.initialisers.push(tensor(name, 'float32', shape).raw(9, bytesOf(data)));
    return name;
  }

  /** A weight that lies in a file beside the model. */
  externalWeight(name: string, element: Element, shape: readonly number[], data: ExternalData): Value {
    const message = tensor(name, element, shape);
    const entries = { location: data.file, offset: String(data.offset), length: String(data.length) };
    for (const [key, value] of Object.entries(entries)) {
      message.message(13, new Message().string(1, key).string(2, value));
    }
    this.initialisers.push(message.int(14, 1)); // data_location = EXTERNAL
    return name;
  }

  /** The model file. */
  encode(): Uint8Array {
    const graph = new Message();
    for (const node of this.nodes) graph.message(1, node);
    graph.string(2, this.name);
    for (const initialiser of this.initialisers) graph.message(5, initialiser);
    for (const input of this.inputs) graph.message(11, input);
    for (const output of this.outputs) graph.message(12, output);
    return new Message()
      .int(1, IR_VERSION)
      .string(2, 'neuronlens')
      .message(7, graph)
      .message(8, new Message().string(1, '').int(2, OPSET))
      .encode();
  }

  private node(
    type: string,
    inputs: readonly Value[],
    outputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const message = new Message();
    for (const input of inputs) message.string(1, input);
    for (const output of outputs) message.string(2, output);
    message.string(3, `${type}:${outputs[0]}`).string(4, type);
    for (const [name, value] of Object.entries(attributes)) message.message(5, attribute(name, value));
    this.nodes.push(message);
  }

  private constant(key: string, element: Element, shape: readonly number[], bytes: () => Uint8Array): Value {
    const known = this.constants.get(key);
    if (known) return known;
    const name = `constant_${this.constants.size}`;
    this.initialisers.push(tensor(name, element, shape).raw(9, bytes()));
    this.constants.set(key, name);
    return name;
  }
}

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A TensorProto without its data. */
function tensor(name: string, element: Element, shape: readonly number[]): Message {
  const message = new Message();
  for (const size of shape) message.int(1, size);
  return message.int(2, ELEMENT[element]).string(8, name);
}

function valueInfo(name: string, element: Element, shape: readonly Dimension[]): Message {
  const dimensions = new Message();
  for (const size of shape) {
    dimensions.message(1, typeof size === 'number' ? new Message().int(1, size) : new Message().string(2, size));
  }
  const type = new Message().int(1, ELEMENT[element]).message(2, dimensions);
  return new Message().string(1, name).message(2, new Message().message(1, type));
}

/** AttributeProto; its field 20 says which kind it is: FLOAT 1, INT 2, STRING 3, INTS 7. */
function attribute(name: string, value: Attribute): Message {
  const message = new Message().string(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, 2);
  if (typeof value === 'string') return message.string(4, value).int(20, 3);
  if ('float' in value) return message.float(2, value.float).int(20, 1);
  for (const item of value) message.int(8, item);
  return message.int(20, 7);
}
