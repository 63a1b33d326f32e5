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
export type Attributes = Readonly<Record<string, Attribute>>;

/** Where the bytes of a weight lie when they are not in the model itself. */
export interface ExternalData {
  /** Key into the graph's files. */
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** A model, and the files that its external data lie in. */
export interface OnnxGraph {
  readonly name: string;
  readonly model: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Numbers of a constant: float32 as Float32Array, int64 as BigInt64Array. */
export type ConstantData = Float32Array | BigInt64Array;

const OPSET = 17;
const IR_VERSION = 8;

/**
 * Writes an ONNX graph, operator by operator:
 *
 *     const g = new GraphBuilder('double');
 *     const x = g.input('x', 'float32', ['B', 3]);
 *     g.output('y', g.op('Add', [x, x]), 'float32', ['B', 3]);
 *     const graph = g.build();
 *
 * Small constants are shared; large weights are referred to as external data, so that a model stays
 * some kilobytes and nothing is copied.
 */
export class GraphBuilder {
  private readonly nodes: Message[] = [];
  private readonly initialisers: Message[] = [];
  private readonly inputs: Message[] = [];
  private readonly outputs: Message[] = [];
  private readonly shared = new Map<string, Value>();
  private readonly used = new Set<string>();
  private count = 0;

  /** @param half whether matrix products are to be done in half precision ({@link low}) */
  constructor(
    private readonly name: string,
    readonly half = false,
  ) {}

  /** A float32 value as matrix products want it: a half float where they are done in half precision. */
  low(value: Value): Value {
    return this.half
      ? this.once(`low:${value}`, () => this.op('Cast', [value], { to: ELEMENT.float16 }))
      : value;
  }

  /** The float32 of what {@link low} products give. */
  high(value: Value): Value {
    return this.half
      ? this.once(`high:${value}`, () => this.op('Cast', [value], { to: ELEMENT.float32 }))
      : value;
  }

  /** Declares an input and returns its value. */
  input(name: string, element: Element, shape: readonly Dimension[]): Value {
    this.inputs.push(valueInfo(name, element, shape));
    return name;
  }

  /** Declares `value` as the output `name`. */
  output(name: string, value: Value, element: Element, shape: readonly Dimension[]): void {
    this.node('Identity', [value], [name], {});
    this.outputs.push(valueInfo(name, element, shape));
  }

  /** Adds an operator with one output and returns it. */
  op(type: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.ops(type, inputs, 1, attributes)[0]!;
  }

  /** Adds an operator with several outputs and returns them in ONNX's order. */
  ops(type: string, inputs: readonly Value[], outputs: number, attributes: Attributes = {}): Value[] {
    const values = Array.from({ length: outputs }, () => `${type}_${this.count++}`);
    this.node(type, inputs, values, attributes);
    return values;
  }

  /** A one-dimensional int64 constant, as shapes, axes and slices want it; empty for the shape of a scalar. */
  ints(...values: number[]): Value {
    return this.once(`ints:${values}`, () =>
      this.constant('int64', [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  scalar(value: number, element: 'float32' | 'int64' = 'float32'): Value {
    return this.once(`${element}:${value}`, () =>
      this.constant(
        element,
        [],
        element === 'int64' ? BigInt64Array.of(BigInt(value)) : Float32Array.of(value),
      ),
    );
  }

  /** A constant whose numbers are kept in the model: for small arrays. */
  constant(element: 'float32' | 'int64', shape: readonly number[], data: ConstantData): Value {
    const name = `constant_${this.count++}`;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initialisers.push(tensor(name, element, shape).raw(9, bytes));
    return name;
  }

  /** A weight that lies in a file beside the model; asking twice for the same one is free. */
  external(name: string, element: Element, shape: readonly number[], data: ExternalData): Value {
    this.used.add(data.file);
    return this.once(`external:${name}`, () => {
      const message = tensor(name, element, shape);
      const entries = { location: data.file, offset: String(data.offset), length: String(data.length) };
      for (const [key, value] of Object.entries(entries)) {
        message.message(13, new Message().string(1, key).string(2, value));
      }
      this.initialisers.push(message.int(14, 1)); // data_location = EXTERNAL
      return name;
    });
  }

  /** The finished graph, with those of `files` that its external weights lie in. */
  build(files: ReadonlyMap<string, Uint8Array> = new Map()): OnnxGraph {
    const graph = new Message();
    for (const node of this.nodes) graph.message(1, node);
    graph.string(2, this.name);
    for (const initialiser of this.initialisers) graph.message(5, initialiser);
    for (const input of this.inputs) graph.message(11, input);
    for (const output of this.outputs) graph.message(12, output);
    const needed = [...files].filter(([file]) => this.used.has(file));
    const model = new Message()
      .int(1, IR_VERSION)
      .string(2, 'neuronlens')
      .message(7, graph)
      .message(8, new Message().string(1, '').int(2, OPSET));
    return { name: this.name, model: model.encode().slice(), files: new Map(needed) };
  }

  private node(
    type: string,
    inputs: readonly Value[],
    outputs: readonly Value[],
    attributes: Attributes,
  ): void {
    const message = new Message();
    for (const input of inputs) message.string(1, input);
    for (const output of outputs) message.string(2, output);
    message.string(3, `${type}:${outputs[0]}`).string(4, type);
    for (const [name, value] of Object.entries(attributes)) message.message(5, attribute(name, value));
    this.nodes.push(message);
  }

  private once(key: string, make: () => Value): Value {
    const value = this.shared.get(key) ?? make();
    this.shared.set(key, value);
    return value;
  }
}

/** A TensorProto without its data. */
function tensor(name: string, element: Element, shape: readonly number[]): Message {
  const message = new Message();
  for (const size of shape) message.int(1, size);
  return message.int(2, ELEMENT[element]).string(8, name);
}

function valueInfo(name: string, element: Element, shape: readonly Dimension[]): Message {
  const dimensions = new Message();
  for (const size of shape) {
    dimensions.message(
      1,
      typeof size === 'number' ? new Message().int(1, size) : new Message().string(2, size),
    );
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
