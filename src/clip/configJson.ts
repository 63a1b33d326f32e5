import type { ClipConfig, TowerConfig } from './config.ts';

/** Sizes in the words of Hugging Face's config.json. */
export function configJson({ vision, text, dim }: ClipConfig): Record<string, unknown> {
  return {
    model_type: 'clip',
    projection_dim: dim,
    ...(vision && {
      vision_config: { ...towerJson(vision), image_size: vision.imageSize, patch_size: vision.patchSize },
    }),
    ...(text && {
      text_config: {
        ...towerJson(text),
        vocab_size: text.vocabularySize,
        max_position_embeddings: text.contextLength,
      },
    }),
  };
}

const towerJson = (tower: TowerConfig) => ({
  hidden_size: tower.width,
  num_hidden_layers: tower.layers,
  num_attention_heads: tower.heads,
  intermediate_size: tower.neurons,
  hidden_act: tower.activation,
  layer_norm_eps: tower.layerNormEps,
});
