import type { TextConfig, VisionConfig } from '../config.ts';
import { tokenCount } from '../config.ts';
import type { BlockWeights, Linear, TextWeights, VisionWeights } from '../weights.ts';
import type { Naming } from './naming.ts';
import { linear, norm } from './parts.ts';
import { rowRange, type TensorTable } from './tensorTable.ts';

/**
 * Names of OpenCLIP's (and OpenAI's original) `CLIP` with a vision transformer. Matrices are stored
 * [out, in], the two projections [in, out]; query, key and value are one matrix [3W, W].
 */
export const openClip: Naming = {
  visionBlocks: 'visual.transformer.resblocks.',
  textBlocks: 'transformer.resblocks.',
  cls: 'visual.class_embedding',
  patch: 'visual.conv1.weight',
  visionPosition: 'visual.positional_embedding',
  token: 'token_embedding.weight',
  textPosition: 'positional_embedding',
  fc1: 'mlp.c_fc',
  visionProjection: { name: 'visual.proj', dimAxis: 1 },
  textProjection: { name: 'text_projection', dimAxis: 1 },
  defaultActivation: 'gelu',
  vision: visionWeights,
  text: textWeights,
};

function visionWeights(table: TensorTable, config: VisionConfig, dim: number): VisionWeights {
  const { width, patchSize, layers } = config;
  return {
    patch: table.tensor(openClip.patch, [width, 3, patchSize, patchSize]),
    cls: table.tensor(openClip.cls, [width]),
    position: table.tensor(openClip.visionPosition, [tokenCount(config), width]),
    preNorm: norm(table, 'visual.ln_pre', width),
    blocks: Array.from({ length: layers }, (_, l) => block(table, `${openClip.visionBlocks}${l}.`, config)),
    postNorm: norm(table, 'visual.ln_post', width),
    projection: table.matrix(openClip.visionProjection.name, [width, dim], 'in-out'),
  };
}

function textWeights(table: TensorTable, config: TextConfig, dim: number): TextWeights {
  const { width, vocabularySize, contextLength, layers } = config;
  return {
    token: table.tensor(openClip.token, [vocabularySize, width]),
    position: table.tensor(openClip.textPosition, [contextLength, width]),
    blocks: Array.from({ length: layers }, (_, l) => block(table, `${openClip.textBlocks}${l}.`, config)),
    finalNorm: norm(table, 'ln_final', width),
    projection: table.matrix(openClip.textProjection.name, [width, dim], 'in-out'),
  };
}

function block(
  table: TensorTable,
  prefix: string,
  { width, neurons }: { width: number; neurons: number },
): BlockWeights {
  const weight = table.matrix(`${prefix}attn.in_proj_weight`, [3 * width, width], 'out-in');
  const bias = table.tensor(`${prefix}attn.in_proj_bias`, [3 * width]);
  const third = (index: number, label: string): Linear => ({
    weight: rowRange(weight, label, index * width, width),
    bias: rowRange(bias, label, index * width, width),
  });
  return {
    norm1: norm(table, `${prefix}ln_1`, width),
    query: third(0, 'query'),
    key: third(1, 'key'),
    value: third(2, 'value'),
    out: linear(table, `${prefix}attn.out_proj`, width, width),
    norm2: norm(table, `${prefix}ln_2`, width),
    fc1: linear(table, `${prefix}mlp.c_fc`, neurons, width),
    fc2: linear(table, `${prefix}mlp.c_proj`, width, neurons),
  };
}
