import { LensError } from '../../errors.ts';
import type { CheckpointFile } from './checkpointFile.ts';

const INSTEAD =
  'Use the model.safetensors of the same model (Hugging Face or OpenCLIP), or its ONNX export with the weights inside.';

const PICKLE = 'a pickle, and opening one can run any code that is in it';

/** Formats people give by mistake: letters in the first bytes, and what they say. */
const BINARY: readonly { readonly at: number; readonly magic: string; readonly what: string }[] = [
  { at: 0, magic: 'PK\x03\x04', what: 'is a zip archive, not a model; unpack it first if it holds one' },
  { at: 0, magic: 'PK\x05\x06', what: 'is an empty zip archive' },
  { at: 0, magic: '\x80\x02', what: `is an old PyTorch checkpoint: ${PICKLE}` },
  { at: 0, magic: '\x80\x03', what: `is ${PICKLE}` },
  { at: 0, magic: '\x80\x04', what: `is ${PICKLE}` },
  { at: 0, magic: '\x80\x05', what: `is ${PICKLE}` },
  {
    at: 0,
    magic: '\x1f\x8b',
    what: 'is compressed with gzip; unpack it first if it holds a model',
  },
  { at: 0, magic: 'GGUF', what: 'is a GGUF model for llama.cpp, laid out for another runtime' },
  { at: 0, magic: '\x89HDF', what: 'is an HDF5 file, as TensorFlow and Keras write' },
  { at: 4, magic: 'TFL3', what: 'is a TensorFlow Lite model, laid out for another runtime' },
  { at: 4, magic: 'ORTM', what: 'is an ONNX Runtime (.ort) model, laid out for one machine' },
  { at: 0, magic: '\x93NUMPY', what: 'is a single NumPy array, not a model' },
];

/** Texts that come where weights were asked for. */
const TEXT: readonly (readonly [start: RegExp, what: string])[] = [
  [
    /^version https:\/\/git-lfs/,
    'is a git-lfs pointer, a few lines that stand for weights which were not downloaded ("git lfs pull" gets them)',
  ],
  [
    /^(ï»¿)?\s*</,
    'is a web page or a server’s error message (HTML or XML), not weights: the address is wrong, or wants a login',
  ],
  [/^\s*[[{]/, 'is JSON, a config or a server’s error message, not weights'],
  [/^[\x20-\x7e\s]{12,}$/, 'is text, not weights; perhaps a server answered with an error message'],
];

/**
 * The format of a file, by how it begins. What begins like nothing known is taken for safetensors, whose
 * reader says what is wrong with it.
 * @throws LensError `unsupported` for models in formats that are not read, `bad-file` for what is no
 * model; both say what to use instead
 */
export function formatOf({ bytes, name }: CheckpointFile): 'safetensors' | 'onnx' {
  if (bytes.length === 0) throw new LensError('bad-file', `${name} is empty. ${INSTEAD}`);
  if (beginsLikeSafetensors(bytes)) return 'safetensors';
  const start = String.fromCharCode(...bytes.subarray(0, 256));
  const found = BINARY.find(({ at, magic }) => start.startsWith(magic, at));
  if (found) {
    const what = isTorchArchive(start) ? `is a PyTorch checkpoint: ${PICKLE}` : found.what;
    throw new LensError('unsupported', `${name} ${what}. ${INSTEAD}`);
  }
  const text = TEXT.find(([pattern]) => pattern.test(start));
  if (text) throw new LensError('bad-file', `${name} ${text[1]}. ${INSTEAD}`);
  return beginsLikeOnnx(bytes) ? 'onnx' : 'safetensors';
}

/** Eight bytes of length, of which the last are 0, and the brace of the header. */
const beginsLikeSafetensors = (bytes: Uint8Array): boolean => bytes[8] === 0x7b && bytes[7] === 0;

/** torch.save writes a zip whose first entry is the pickle or its byte order. */
const isTorchArchive = (start: string): boolean =>
  start.startsWith('PK\x03\x04') && /\/(data\.pkl|data\/|byteorder|version|\.format_version)/.test(start);

/** ModelProto begins with ir_version, a small number, and goes on with another of its fields; or with its graph. */
function beginsLikeOnnx([tag, version = 0, next = 0]: Uint8Array): boolean {
  if (tag === 0x3a) return true;
  const field = next >> 3;
  return tag === 0x08 && version > 0 && version < 64 && field >= 2 && field <= 25;
}
