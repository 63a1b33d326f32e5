import { type TensorToWrite, writeSafetensors } from '../../src/clip/checkpoint/safetensors.ts';
import { type ClipConfig, type TowerConfig, tokenCount } from '../../src/clip/config.ts';
import { encodeHalf } from '../../src/clip/float16.ts';

/** A tiny image tower: 17 tokens, 4 blocks of 2 heads. */
export const TINY_VISION = {
  width: 16,
  layers: 4,
  heads: 2,
  neurons: 24,
  activation: 'quick_gelu',
  layerNormEps: 1e-5,
  imageSize: 16,
  patchSize: 4,
} as const;

export const TINY_TEXT = {
  width: 12,
  layers: 2,
  heads: 3,
  neurons: 20,
  activation: 'quick_gelu',
  layerNormEps: 1e-5,
  vocabularySize: 40,
  contextLength: 11,
} as const;

/** The sizes of OpenAI's ViT-B/32, image tower only: for benches. */
export const VIT_B_32: ClipConfig = {
  vision: {
    width: 768,
    layers: 12,
    heads: 12,
    neurons: 3072,
    activation: 'quick_gelu',
    layerNormEps: 1e-5,
    imageSize: 224,
    patchSize: 32,
  },
  dim: 512,
};

/**
 * Random weights of these sizes in Hugging Face's naming, as the bytes of a safetensors file; the same
 * for the same seed. Scales keep activations and attention lively at any width. ViT-B/32 takes seconds.
 */
export function randomCheckpoint(
  config: ClipConfig,
  seed: number,
  dtype: 'F32' | 'F16' | 'BF16' = 'F32',
): Uint8Array {
  const random = generator(seed);
  const tensors = shapes(config).map(({ name, shape }): TensorToWrite => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    fill(data, name, shape, random);
    if (dtype === 'F32') return { name, shape, dtype, data };
    return { name, shape, dtype, data: dtype === 'F16' ? encodeHalf(data) : upperHalves(data) };
  });
  return writeSafetensors(tensors);
}

/** A tensor of a checkpoint in Hugging Face's naming. */
export interface Shape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The tensors of a checkpoint of these sizes. */
export function shapes({ vision, text, dim }: ClipConfig): Shape[] {
  const list: Shape[] = [{ name: 'logit_scale', shape: [] }];
  const add = (name: string, ...shape: number[]) => list.push({ name, shape });
  if (vision) {
    const { width, patchSize } = vision;
    add('vision_model.embeddings.class_embedding', width);
    add('vision_model.embeddings.patch_embedding.weight', width, 3, patchSize, patchSize);
    add('vision_model.embeddings.position_embedding.weight', tokenCount(vision), width);
    list.push(...normShapes('vision_model.pre_layrnorm', width));
    list.push(...blockShapes('vision_model', vision));
    list.push(...normShapes('vision_model.post_layernorm', width));
    add('visual_projection.weight', dim, width);
  }
  if (text) {
    add('text_model.embeddings.token_embedding.weight', text.vocabularySize, text.width);
    add('text_model.embeddings.position_embedding.weight', text.contextLength, text.width);
    list.push(...blockShapes('text_model', text));
    list.push(...normShapes('text_model.final_layer_norm', text.width));
    add('text_projection.weight', dim, text.width);
  }
  return list;
}

function blockShapes(prefix: string, { width, layers, neurons }: TowerConfig): Shape[] {
  return Array.from({ length: layers }, (_, l) => `${prefix}.encoder.layers.${l}.`).flatMap((block) => [
    ...['q_proj', 'k_proj', 'v_proj', 'out_proj'].flatMap((name) =>
      linearShapes(`${block}self_attn.${name}`, width, width),
    ),
    ...normShapes(`${block}layer_norm1`, width),
    ...normShapes(`${block}layer_norm2`, width),
    ...linearShapes(`${block}mlp.fc1`, neurons, width),
    ...linearShapes(`${block}mlp.fc2`, width, neurons),
  ]);
}

const linearShapes = (name: string, outputs: number, inputs: number): Shape[] => [
  { name: `${name}.weight`, shape: [outputs, inputs] },
  { name: `${name}.bias`, shape: [outputs] },
];

const normShapes = (name: string, width: number): Shape[] => [
  { name: `${name}.weight`, shape: [width] },
  { name: `${name}.bias`, shape: [width] },
];

/** Random values as {@link randomCheckpoint} gives the tensor of this name. */
export function fill(data: Float32Array, name: string, shape: readonly number[], random: () => number): void {
  const gain = /norm\d?\.weight$/.test(name);
  const offset = gain ? 1 : name === 'logit_scale' ? Math.log(100) : 0;
  const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
  const scale = name === 'logit_scale' ? 0 : gain || name.endsWith('.bias') ? 0.2 : matrixScale(name, inputs);
  for (let i = 0; i < data.length; i++) data[i] = offset + scale * random();
}

/** Uniform in ±√3/√inputs keeps the variance; queries and keys get twice that, so that attention has peaks. */
function matrixScale(name: string, inputs: number): number {
  if (/(token|position|class)_embedding/.test(name)) return 1;
  return (/(q|k)_proj/.test(name) ? 2 : 1) * Math.sqrt(3 / inputs);
}

/** Numbers in [−1, 1): xorshift32, which is fast enough for a hundred million of them. */
export function generator(seed: number): () => number {
  let state = (seed * 2654435761 + 1) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2147483648;
  };
}

/** bfloat16 by truncation. */
function upperHalves(values: Float32Array): Uint16Array {
  return Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16);
}
