import { LensError } from '../../../errors.ts';
import { shortly } from '../../shortly.ts';
import type { CheckpointFile } from '../checkpointFile.ts';
import { BYTES, damaged, FIXED32, type Field, ProtobufReader, type Range } from './protobuf.ts';

/** Element types, numbered as in TensorProto. */
export const TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  bfloat16: 16,
  uint4: 21,
  int4: 22,
} as const;

/** Bytes of an element in raw_data, for the types that are read. */
const ELEMENT_SIZE: Readonly<Record<number, number>> = {
  [TYPE.float]: 4,
  [TYPE.uint8]: 1,
  [TYPE.int8]: 1,
  [TYPE.int32]: 4,
  [TYPE.int64]: 8,
  [TYPE.bool]: 1,
  [TYPE.float16]: 2,
  [TYPE.double]: 8,
  [TYPE.bfloat16]: 2,
};

/** A constant tensor: where its numbers lie in the file and how they are stored. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly number[];
  /** `raw`: little-endian elements; `varints`: packed; `none`: not in this file, or of a type not read. */
  readonly storage: 'raw' | 'varints' | 'none';
  readonly range: Range;
}

export type Attribute = number | string | readonly number[] | OnnxTensor;

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface OnnxModel {
  readonly file: string;
  readonly reader: ProtobufReader;
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const MAX_RANK = 8;
/** Of a graph: operators, and tensors; of an operator: inputs or outputs. A ViT-bigG has a quarter of it. */
const MAX_PARTS = 50_000;
const MAX_OPERANDS = 4096;
const EMPTY: Range = { start: 0, end: 0 };

/**
 * Reads the parts of an ONNX file that tell where its weights are and how they are used. Nothing is
 * copied but names.
 * @throws LensError `bad-file` for bytes that are no consistent ONNX model, `unsupported` when the
 * weights lie in another file or are packed in 4 bits.
 */
export function readOnnxModel({ name: file, bytes }: CheckpointFile): OnnxModel {
  const reader = new ProtobufReader(bytes);
  let graph: Range | undefined;
  reader.each({ start: 0, end: bytes.length }, (field) => {
    if (field.number !== 7) return;
    if (graph) throw damaged('it has two graphs');
    graph = message(field);
  });
  if (!graph) throw damaged('it has no graph');

  const nodes: OnnxNode[] = [];
  const initialisers = new Map<string, OnnxTensor>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  reader.each(graph, (field) => {
    if (nodes.length + initialisers.size > MAX_PARTS) throw damaged('it has absurdly many parts');
    if (field.number === 1) nodes.push(readNode(reader, message(field), file));
    else if (field.number === 5) addOnce(initialisers, readTensor(reader, message(field), file));
    else if (field.number === 11) inputs.push(valueName(reader, message(field)));
    else if (field.number === 12) outputs.push(valueName(reader, message(field)));
  });
  return { file, reader, nodes, initialisers, inputs, outputs };
}

function message(field: Field): Range {
  if (field.wire !== BYTES) throw damaged('a number stands where a message should');
  return field;
}

function addOnce(tensors: Map<string, OnnxTensor>, tensor: OnnxTensor): void {
  if (tensors.has(tensor.name)) throw damaged(`it names the tensor ${shortly(tensor.name)} twice`);
  tensors.set(tensor.name, tensor);
}

function valueName(reader: ProtobufReader, range: Range): string {
  let name = '';
  reader.each(range, (field) => {
    if (field.number === 1) name = reader.text(message(field));
  });
  return name;
}

function readNode(reader: ProtobufReader, range: Range, file: string): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let op = '';
  reader.each(range, (field) => {
    if (inputs.length + outputs.length > MAX_OPERANDS) throw damaged('an operator has absurdly many inputs');
    if (field.number === 1) inputs.push(reader.text(message(field)));
    else if (field.number === 2) outputs.push(reader.text(message(field)));
    else if (field.number === 4) op = reader.text(message(field));
    else if (field.number === 5) {
      const [name, value] = readAttribute(reader, message(field), file);
      if (value !== undefined) attributes.set(name, value);
    }
  });
  return { op, inputs, outputs, attributes };
}

/** Subgraphs and lists of text are left out: no part of CLIP needs them. */
function readAttribute(reader: ProtobufReader, range: Range, file: string): [string, Attribute | undefined] {
  let name = '';
  let value: Attribute | undefined;
  const numbers: number[] = [];
  reader.each(range, (field) => {
    if (field.number === 1) name = reader.text(message(field));
    else if (field.number === 2 && field.wire === FIXED32) value = reader.float(field);
    else if (field.number === 3) value = field.value;
    else if (field.number === 4) value = attributeText(reader, message(field));
    else if (field.number === 5) value = readTensor(reader, message(field), file);
    else if (field.number === 7) floats(reader, field, numbers);
    else if (field.number === 8) reader.ints(field, numbers);
  });
  return [name, value ?? (numbers.length > 0 ? numbers : undefined)];
}

/** Attributes may hold long texts, but those that are asked for are one word. */
const attributeText = (reader: ProtobufReader, { start, end }: Range): string =>
  reader.text({ start, end: Math.min(end, start + 256) });

function floats(reader: ProtobufReader, { start, end }: Range, to: number[]): void {
  if ((end - start) % 4 !== 0) throw damaged('a list of numbers is cut');
  if (end - start > 2 ** 16) throw damaged('an attribute is too long');
  for (let at = start; at < end; at += 4) to.push(reader.float({ start: at, end: at + 4 }));
}

/** Fields of TensorProto that hold elements. */
const FLOAT_DATA = 4;
const INT32_DATA = 5;
const INT64_DATA = 7;
const RAW_DATA = 9;
const DOUBLE_DATA = 10;

function readTensor(reader: ProtobufReader, range: Range, file: string): OnnxTensor {
  const dims: number[] = [];
  let name = '';
  let type = 0;
  let data: Field | undefined;
  reader.each(range, (field) => {
    if (field.number === 1) reader.ints(field, dims);
    else if (field.number === 2) type = field.value;
    else if (field.number === 8) name = reader.text(message(field));
    else if (field.number === 13 || (field.number === 14 && field.value === 1)) throw external(file);
    else if ([FLOAT_DATA, INT32_DATA, INT64_DATA, RAW_DATA, DOUBLE_DATA].includes(field.number)) {
      if (data) throw damaged(`the tensor ${shortly(name)} has its elements twice`);
      if (field.wire === BYTES) data = field; // else one element a field: nobody writes weights so
    }
  });
  return checkTensor({ name, type, dims, storage: 'none', range: EMPTY }, data);
}

function checkTensor(tensor: OnnxTensor, data: Field | undefined): OnnxTensor {
  const { name, type, dims } = tensor;
  const label = `the tensor ${shortly(name)}`;
  if (dims.length > MAX_RANK || dims.some((size) => size < 0 || size > 2 ** 31)) {
    throw damaged(`${label} has no valid shape`);
  }
  if (type === TYPE.int4 || type === TYPE.uint4) throw fourBits();
  const size = ELEMENT_SIZE[type];
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (!data || size === undefined) return tensor;
  const range = { start: data.start, end: data.end };
  if (data.number === INT32_DATA || data.number === INT64_DATA) {
    if (count > range.end - range.start) throw damaged(`${label} has too few elements`);
    return { ...tensor, storage: 'varints', range };
  }
  if (count * size !== range.end - range.start)
    throw damaged(`${label} has a length that does not fit its shape`);
  if (data.number === FLOAT_DATA && type !== TYPE.float) return tensor;
  if (data.number === DOUBLE_DATA && type !== TYPE.double) return tensor;
  return { ...tensor, storage: 'raw', range };
}

const external = (file: string): LensError =>
  new LensError(
    'unsupported',
    `${file} keeps its weights in another file beside it (.onnx_data), which is not read. Use an export with ` +
      'the weights inside, or the model.safetensors of the model it was made from.',
  );

/** The refusal of weights packed in 4 bits, whatever operator or type says so. */
export const fourBits = (): LensError =>
  new LensError(
    'unsupported',
    'This ONNX file holds weights rounded to 4 bits (q4, q4f16 or bnb4): too coarse to study neurons with. Use ' +
      'the fp32, fp16 or 8-bit (quantized) file of the same folder, or the model.safetensors it was made from.',
  );
