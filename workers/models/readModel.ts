import type { ClipConfig } from '../../src/clip/config.ts';
import { loadTokenizer, type Tokenizer } from '../../src/clip/tokenizer.ts';
import type { ClipWeights } from '../../src/clip/weights.ts';

/** Sizes that are known beforehand, in the words of a config.json. */
export function configJson({ vision, text, dim }: ClipConfig): unknown {
  const tower = (of: NonNullable<typeof vision> | NonNullable<typeof text>) => ({
    hidden_size: of.width,
    num_hidden_layers: of.layers,
    num_attention_heads: of.heads,
    intermediate_size: of.neurons,
    hidden_act: of.activation,
    layer_norm_eps: of.layerNormEps,
  });
  return {
    model_type: 'clip',
    projection_dim: dim,
    ...(vision && {
      vision_config: { ...tower(vision), image_size: vision.imageSize, patch_size: vision.patchSize },
    }),
    ...(text && {
      text_config: {
        ...tower(text),
        vocab_size: text.vocabularySize,
        max_position_embeddings: text.contextLength,
      },
    }),
  };
}

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
