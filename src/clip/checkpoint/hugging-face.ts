import type { TextConfig, VisionConfig } from '../config.ts';
import { tokenCount } from '../config.ts';
import type { BlockWeights, TextWeights, VisionWeights } from '../weights.ts';
import type { Naming } from './naming.ts';
import { linear, norm } from './parts.ts';
import type { TensorTable } from './tensorTable.ts';

/**
 * Names of Hugging Face's `CLIPModel`, `CLIPVisionModelWithProjection` and
 * `CLIPTextModelWithProjection`. Every matrix is stored [out, in].
 */
export const huggingFace: Naming = {
  visionBlocks: 'vision_model.encoder.layers.',
  textBlocks: 'text_model.encoder.layers.',
  cls: 'vision_model.embeddings.class_embedding',
  patch: 'vision_model.embeddings.patch_embedding.weight',
  visionPosition: 'vision_model.embeddings.position_embedding.weight',
  token: 'text_model.embeddings.token_embedding.weight',
  textPosition: 'text_model.embeddings.position_embedding.weight',
  fc1: 'mlp.fc1',
  visionProjection: { name: 'visual_projection.weight', dimAxis: 0 },
  textProjection: { name: 'text_projection.weight', dimAxis: 0 },
  defaultActivation: 'quick_gelu',
  vision: visionWeights,
  text: textWeights,
};

function visionWeights(table: TensorTable, config: VisionConfig, dim: number): VisionWeights {
  const { width, patchSize, layers } = config;
  const prefix = 'vision_model.';
  return {
    patch: table.tensor(huggingFace.patch, [width, 3, patchSize, patchSize]),
    cls: table.tensor(huggingFace.cls, [width]),
    position: table.tensor(huggingFace.visionPosition, [tokenCount(config), width]),
    preNorm: norm(table, `${prefix}pre_layrnorm`, width), // the typing error is Hugging Face's
    blocks: Array.from({ length: layers }, (_, l) =>
      block(table, `${huggingFace.visionBlocks}${l}.`, config),
    ),
    postNorm: norm(table, `${prefix}post_layernorm`, width),
    projection: table.matrix(huggingFace.visionProjection.name, [dim, width], 'out-in'),
  };
}

function textWeights(table: TensorTable, config: TextConfig, dim: number): TextWeights {
  const { width, vocabularySize, contextLength, layers } = config;
  return {
    token: table.tensor(huggingFace.token, [vocabularySize, width]),
    position: table.tensor(huggingFace.textPosition, [contextLength, width]),
    blocks: Array.from({ length: layers }, (_, l) => block(table, `${huggingFace.textBlocks}${l}.`, config)),
    finalNorm: norm(table, 'text_model.final_layer_norm', width),
    projection: table.matrix(huggingFace.textProjection.name, [dim, width], 'out-in'),
  };
}

function block(
  table: TensorTable,
  prefix: string,
  { width, neurons }: { width: number; neurons: number },
): BlockWeights {
  return {
    norm1: norm(table, `${prefix}layer_norm1`, width),
    query: linear(table, `${prefix}self_attn.q_proj`, width, width),
    key: linear(table, `${prefix}self_attn.k_proj`, width, width),
    value: linear(table, `${prefix}self_attn.v_proj`, width, width),
    out: linear(table, `${prefix}self_attn.out_proj`, width, width),
    norm2: norm(table, `${prefix}layer_norm2`, width),
    fc1: linear(table, `${prefix}mlp.fc1`, neurons, width),
    fc2: linear(table, `${prefix}mlp.fc2`, width, neurons),
  };
}
