import { LensError } from '../../errors.ts';
import type { Activation } from '../config.ts';
import { shortly } from '../shortly.ts';

/** Hugging Face's names for CLIP and its towers. */
const MODEL_TYPES = ['clip', 'clip_vision_model', 'clip_text_model'];

/** What a config file states about a tower; everything it leaves out is read from the tensors' shapes. */
export interface StatedTower {
  readonly width?: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly neurons?: number;
  readonly activation?: Activation;
  readonly layerNormEps?: number;
  readonly imageSize?: number;
  readonly patchSize?: number;
  readonly vocabularySize?: number;
  readonly contextLength?: number;
}

export interface StatedSizes {
  readonly vision: StatedTower;
  readonly text: StatedTower;
  readonly dim?: number;
}

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

/**
 * Reads Hugging Face's `config.json` (of the whole model or of one tower) or OpenCLIP's
 * `open_clip_config.json`, told apart by their own keys; `undefined` states nothing.
 * @throws LensError `bad-file` for values that make no sense, `unsupported` for another architecture.
 */
export function statedSizes(config: unknown): StatedSizes {
  if (config === undefined || config === null) return { vision: {}, text: {} };
  const json = record(config);
  if (!json) throw new LensError('bad-file', 'The config is not a JSON object.');
  const openClip = record(json.model_cfg) ?? (record(json.vision_cfg) && json);
  return openClip ? fromOpenClip(openClip) : fromHuggingFace(json);
}

function fromHuggingFace(json: Json): StatedSizes {
  const type = json.model_type;
  if (type !== undefined && !MODEL_TYPES.some((known) => known === type)) {
    throw new LensError(
      'unsupported',
      `The config describes a ${shortly(type)} model; use a CLIP model (model_type "clip") with a vision transformer.`,
    );
  }
  const vision = record(json.vision_config) ?? (type === 'clip_vision_model' ? json : {});
  const text = record(json.text_config) ?? (type === 'clip_text_model' ? json : {});
  return {
    vision: huggingFaceTower(vision, 12),
    text: huggingFaceTower(text, 8),
    dim: count(json, 'projection_dim'),
  };
}

/** What stands at its default may be left out of the file; a stated width tells that it is a whole config. */
function huggingFaceTower(json: Json, defaultHeads: number): StatedTower {
  const whole = json.hidden_size !== undefined;
  return {
    width: count(json, 'hidden_size'),
    layers: count(json, 'num_hidden_layers'),
    heads: count(json, 'num_attention_heads') ?? (whole ? defaultHeads : undefined),
    neurons: count(json, 'intermediate_size'),
    activation: activation(json.hidden_act) ?? (whole ? 'quick_gelu' : undefined),
    layerNormEps: positive(json, 'layer_norm_eps'),
    imageSize: count(json, 'image_size'),
    patchSize: count(json, 'patch_size'),
    vocabularySize: count(json, 'vocab_size'),
    contextLength: count(json, 'max_position_embeddings'),
  };
}

function fromOpenClip(json: Json): StatedSizes {
  const vision = record(json.vision_cfg) ?? {};
  const text = record(json.text_cfg) ?? {};
  const layers = vision.layers;
  if (typeof vision.timm_model_name === 'string' || Array.isArray(layers)) {
    throw new LensError(
      'unsupported',
      `The config describes an image tower of another kind (${typeof vision.timm_model_name === 'string' ? shortly(vision.timm_model_name) : 'a ResNet'}); ` +
        'use a CLIP with the plain vision transformer, such as ViT-B-32.',
    );
  }
  const shared = { activation: json.quick_gelu === true ? ('quick_gelu' as const) : ('gelu' as const) };
  const width = count(vision, 'width');
  const headWidth = count(vision, 'head_width');
  return {
    vision: {
      ...shared,
      width,
      layers: count(vision, 'layers'),
      heads: width && headWidth ? width / headWidth : undefined,
      imageSize: count(vision, 'image_size'),
      patchSize: count(vision, 'patch_size'),
    },
    text: {
      ...shared,
      width: count(text, 'width'),
      layers: count(text, 'layers'),
      heads: count(text, 'heads'),
      vocabularySize: count(text, 'vocab_size'),
      contextLength: count(text, 'context_length'),
    },
    dim: count(json, 'embed_dim'),
  };
}

function activation(value: unknown): Activation | undefined {
  if (value === undefined || value === 'quick_gelu' || value === 'gelu') return value;
  throw new LensError(
    'unsupported',
    `The activation ${shortly(value)} is not one of CLIP's (quick_gelu, gelu).`,
  );
}

function positive(json: Json, key: string): number | undefined {
  const value = json[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new LensError('bad-file', `The config's ${key} is ${shortly(value)}, which is no size.`);
}

function count(json: Json, key: string): number | undefined {
  const value = positive(json, key);
  if (value === undefined || Number.isSafeInteger(value)) return value;
  throw new LensError('bad-file', `The config's ${key} is ${value}, not a whole number.`);
}
