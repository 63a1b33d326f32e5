import { loadTokenizer, type Tokenizer } from '../../src/clip/tokenizer.ts';
import type { ClipWeights } from '../../src/clip/weights.ts';

/** @throws LensError `bad-file`, `unsupported` */
export const tokenizerOf = (json: unknown, weights: ClipWeights): Tokenizer | undefined =>
  json !== undefined && weights.config.text
    ? loadTokenizer(json, weights.config.text.contextLength)
    : undefined;

const WORDS: Readonly<Record<string, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** How most of the bytes are stored. */
export function precisionOf(tensors: Iterable<{ dtype: string; length: number }>): string {
  const bytes = new Map<string, number>();
  for (const { dtype, length } of tensors) bytes.set(dtype, (bytes.get(dtype) ?? 0) + length);
  const [most] = [...bytes].sort((a, b) => b[1] - a[1])[0] ?? ['F32'];
  return WORDS[most] ?? most;
}

/** An export's precision, by the names transformers.js gives its files; undefined for other names. */
export function exportPrecision(name: string): string | undefined {
  const file = name.split('?')[0]!.split('/').at(-1)!;
  if (/_(quantized|int8|uint8|q8|bnb4|q4|q4f16)\.onnx$/i.test(file))
    return /q4|bnb4/i.test(file) ? 'int4' : 'int8';
  if (/_fp16\.onnx$/i.test(file)) return 'float16';
  return undefined;
}
