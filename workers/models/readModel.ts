import type { ClipConfig } from '../../src/clip/config.ts';
import { type Preprocessor, preprocessor } from '../../src/clip/preprocess.ts';
import { loadTokenizer, type Tokenizer } from '../../src/clip/tokenizer.ts';
import type { ClipWeights } from '../../src/clip/weights.ts';
import { LensError } from '../../src/errors.ts';

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

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

/**
 * How pictures are prepared: by preprocessor_config.json, by what OpenCLIP's config says, or CLIP's usual way.
 * @throws LensError `bad-file` when it makes other pictures than the tower wants
 */
export function pictureSettings(
  json: unknown,
  config: unknown,
  weights: ClipWeights,
  title: string,
): { preprocessor: Preprocessor; notes: string[] } {
  const size = weights.config.vision?.imageSize;
  const openClip = record(record(config)?.preprocess_cfg);
  const stated = json ?? (openClip && { image_mean: openClip.mean, image_std: openClip.std });
  const prepare = preprocessor(stated, size);
  if (size !== undefined && prepare.imageSize !== size) {
    throw new LensError(
      'bad-file',
      `${title} prepares pictures of ${prepare.imageSize} pixels, but its model wants ${size}.`,
    );
  }
  const notes =
    stated === undefined ? ['Nothing says how pictures are to be prepared: CLIP’s usual way is used.'] : [];
  return { preprocessor: prepare, notes };
}

/** What a model without stated activation is assumed to use, in a sentence. */
export function activationNotes({ activationBasis, config }: ClipWeights): string[] {
  if (activationBasis === 'stated') return [];
  const activation = (config.vision ?? config.text)?.activation === 'quick_gelu' ? 'quick GELU' : 'GELU';
  return [
    `No config says which activation the model was trained with: ${activation} is assumed, by the names of its tensors.`,
  ];
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
