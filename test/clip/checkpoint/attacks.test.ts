import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { Message } from '../../../src/clip/graph/protobuf.ts';
import { isLensError } from '../../../src/errors.ts';
import { cpuMs } from '../../support/cpuMs.ts';

/** ONNX files made to hang or exhaust a reader. Each must be refused within a second. */

const CONSTANTS = { float: 1, int8: 3, int64: 7 } as const;

function tensor(
  name: string,
  dims: readonly number[],
  raw: Uint8Array,
  type: number = CONSTANTS.float,
): Message {
  const message = new Message();
  for (const size of dims) message.int(1, size);
  return message.int(2, type).string(8, name).raw(9, raw);
}

function node(op: string, inputs: readonly string[], output: string): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  return message.string(2, output).string(4, op);
}

/** A Constant operator with whole numbers. */
function constant(name: string, values: readonly number[]): Message {
  const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const attribute = new Message()
    .string(1, 'value')
    .message(5, tensor('', [values.length], raw, CONSTANTS.int64));
  return new Message().string(2, name).string(4, 'Constant').message(5, attribute);
}

const model = (graph: Message): Uint8Array => new Message().int(1, 8).message(7, graph).encode().slice();

/** A graph of these nodes, with `w` [2, 2], `v` [2] and ids, on an input `x`. */
function graphOf(nodes: readonly Message[], output = 'y'): Uint8Array {
  const graph = new Message();
  for (const each of nodes) graph.message(1, each);
  graph.message(5, tensor('w', [2, 2], new Uint8Array(16)));
  graph.message(5, tensor('v', [2], new Uint8Array(8)));
  graph.message(5, tensor('ids', [2], new Uint8Array(16), CONSTANTS.int64));
  graph.message(11, new Message().string(1, 'x')).message(12, new Message().string(1, output));
  return model(graph);
}

const chain = (op: string, length: number, extra: readonly string[] = []): Message[] =>
  Array.from({ length }, (_, i) =>
    node(op, [i === 0 ? 'x' : `y${i - 1}`, ...extra], i === length - 1 ? 'y' : `y${i}`),
  );

/** Σ 2^i ways to the end, were every one walked. */
const doubling = (op: string, length: number, start: string): Message[] =>
  Array.from({ length }, (_, i) => {
    const from = i === 0 ? start : `y${i - 1}`;
    return node(op, [from, from], i === length - 1 ? 'y' : `y${i}`);
  });

const manyBytes = (count: number, value: number): Uint8Array => new Uint8Array(count).fill(value);

describe.each([
  ['a length of 2^63', Uint8Array.of(8, 8, 0x3a, 255, 255, 255, 255, 255, 255, 255, 255, 127)],
  ['a length beyond 64 bits', Uint8Array.of(8, 8, 0x3a, ...manyBytes(20, 255))],
  ['a negative length', Uint8Array.of(8, 8, 0x3a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1)],
  ['groups in groups', new Uint8Array([8, 8, ...manyBytes(100_000, 0x3b)])],
  ['messages in messages', nested(2000)],
  ['no graph', new Message().int(1, 8).string(2, 'pytorch').encode().slice()],
  [
    'two graphs',
    new Message().int(1, 8).message(7, new Message()).message(7, new Message()).encode().slice(),
  ],
  ['ten million empty operators', flood(1)],
  ['ten million empty tensors', flood(5)],
  ['an operator of a million inputs', graphOf([millionInputs()])],
  ['a tensor of 2^60 elements', graphWith(tensor('big', [2 ** 30, 2 ** 30], new Uint8Array(8)))],
  ['a tensor of negative size', graphWith(tensor('big', [-1, 2], new Uint8Array(8)))],
  [
    'a tensor of 2^31 axes of none',
    graphWith(
      tensor(
        'big',
        Array.from({ length: 40 }, () => 0),
        new Uint8Array(),
      ),
    ),
  ],
  [
    'packed numbers for 2^31 elements',
    graphWith(
      new Message()
        .int(1, 2 ** 31)
        .int(2, 10)
        .string(8, 'big')
        .raw(5, manyBytes(100, 1)),
    ),
  ],
  [
    'one name for two tensors',
    graphWith(tensor('w', [2], new Uint8Array(8)), tensor('w', [2], new Uint8Array(8))),
  ],
  ['one value computed twice', graphOf([node('MatMul', ['x', 'w'], 'y'), node('MatMul', ['x', 'w'], 'y')])],
  ['a value that is its own source', graphOf([node('Add', ['y', 'v'], 'y')])],
  ['a circle of operators', graphOf([node('Reshape', ['b', 'ids'], 'y'), node('Transpose', ['y'], 'b')])],
  [
    'a circle of constants',
    graphOf([
      node('Gather', ['w', 'b'], 'y'),
      node('Gather', ['ids', 'y'], 'b'),
      node('MatMul', ['x', 'y'], 'z'),
    ]),
  ],
  ['a chain of 25,000 casts', graphOf([...chain('Cast', 25_000), node('MatMul', ['y', 'w'], 'z')], 'z')],
  ['a chain of 25,000 sums', graphOf(chain('Add', 25_000, ['v']))],
  ['25,000 products of one another', graphOf(chain('MatMul', 25_000, ['w']))],
  ['a doubling of sums', graphOf([...doubling('Add', 12_000, 'x'), node('MatMul', ['y', 'w'], 'z')], 'z')],
  [
    'a doubling of tables of tables',
    graphOf([...doubling('Gather', 12_000, 'ids'), node('MatMul', ['x', 'y'], 'z')], 'z'),
  ],
  [
    'a table read beyond its end',
    graphOf([constant('far', [0, 9]), node('Gather', ['v', 'far'], 'y'), node('MatMul', ['x', 'y'], 'z')]),
  ],
  ['a name of a megabyte', graphOf([node('MatMul', ['x', 'w'.repeat(2 ** 20)], 'y')])],
] as const)('%s', (_, bytes) => {
  it('is refused at once', () => {
    const start = process.cpuUsage();
    const memory = process.memoryUsage().heapUsed;
    let error: unknown;
    try {
      readCheckpoint([{ name: 'given.onnx', bytes }]);
    } catch (thrown) {
      error = thrown;
    }
    expect(isLensError(error), String(error)).toBe(true);
    expect(error).toMatchObject({ tag: expect.stringMatching(/bad-file|unsupported/) });
    expect(cpuMs(start)).toBeLessThan(1000);
    expect(process.memoryUsage().heapUsed - memory).toBeLessThan(400e6);
  });
});

/** Sub-messages to a depth, in the fields that hold a graph, an operator, an attribute, a graph … */
function nested(depth: number): Uint8Array {
  let bytes = new Uint8Array();
  for (let i = 0; i < depth; i++)
    bytes = new Message()
      .raw([6, 5, 1, 7][i % 4]!, bytes)
      .encode()
      .slice();
  return new Message().int(1, 8).raw(7, bytes).encode().slice();
}

/** A graph of ten million empty messages of one kind, two bytes each. */
function flood(field: number): Uint8Array {
  const graph = new Uint8Array(20_000_000);
  for (let i = 0; i < graph.length; i += 2) graph[i] = field * 8 + 2;
  return new Message().int(1, 8).raw(7, graph).encode().slice();
}

function millionInputs(): Message {
  const message = new Message().string(4, 'Concat').string(2, 'y');
  for (let i = 0; i < 1_000_000; i++) message.raw(1, new Uint8Array());
  return message;
}

function graphWith(...tensors: readonly Message[]): Uint8Array {
  const graph = new Message();
  for (const each of tensors) graph.message(5, each);
  return model(graph.message(1, node('MatMul', ['x', 'big'], 'y')));
}

describe.each([
  [
    'a safetensors header of 35,000 tensors',
    `{${Array.from({ length: 35_000 }, (_, i) => `"t${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`)}}`,
  ],
  ['a safetensors header a million lists deep', `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`],
  ['a safetensors header of objects in objects', `{"a":${'{"b":'.repeat(300_000)}1${'}'.repeat(300_000)}}`],
  ['a safetensors header of 3 MB', `{"a":"${'x'.repeat(3e6)}"}`],
] as const)('%s', (_, header) => {
  it('is refused at once', () => {
    const json = new TextEncoder().encode(header);
    const bytes = new Uint8Array(8 + json.length);
    new DataView(bytes.buffer).setUint32(0, json.length, true);
    bytes.set(json, 8);
    const start = process.cpuUsage();
    expect(() => readCheckpoint(bytes)).toThrow(expect.toSatisfy(isLensError));
    expect(cpuMs(start)).toBeLessThan(1000);
  });
});
