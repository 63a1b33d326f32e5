import { LensError } from '../../errors.ts';
import { shortly } from '../shortly.ts';

/** Models people are likely to try, by a tensor name only they have. */
const KNOWN: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^visual\.trunk\./, 'an OpenCLIP model whose image tower comes from timm'],
  [/^visual\.layer1\.0\.|^visual\.attnpool\./, 'a CLIP with a ResNet image tower'],
  [/^vision_model\.head\.|^vision_model\.embeddings\.patch_embedding\.bias$/, 'a SigLIP model'],
  [/^text_decoder\.|^visual\.attn_pool\.|\.self_attn\.qkv\./, 'a captioning model (BLIP or CoCa)'],
  [/^(vision_encoder|visual_encoder|qformer)\./, 'a BLIP model'],
  [/^text\.transformer\./, 'a CLIP variant with another text tower'],
  [/^clip\.(vision|text)_model\./, 'a model built around CLIP, such as CLIPSeg'],
  [
    /^(vit|deit|dinov2|dino)\.|^blocks\.0\.attn\.qkv\.|^(embeddings\.)?cls_token$/,
    'a vision transformer without a text side (ViT, DINO)',
  ],
  [/^(model|transformer)\.(layers|h)\.0\.|^h\.0\.|^bert\.|^encoder\.block\.0\./, 'a language model'],
  [/^(down_blocks|model\.diffusion_model)\./, 'an image generator'],
  [/[._]lora_(A|B|down|up)\./, 'a LoRA, a change to a model and not a model'],
];

/**
 * Refuses models that are known not to be CLIP with a vision transformer, also those that share names with it.
 * @throws LensError `unsupported`
 */
export function refuseOthers(names: readonly string[]): void {
  if (KNOWN.some(([pattern]) => names.some((name) => pattern.test(name)))) throw otherArchitecture(names);
}

/** The error for a well-formed file that holds something else: what it is and what to use. */
export function otherArchitecture(names: readonly string[]): LensError {
  const known = KNOWN.find(([pattern]) => names.some((name) => pattern.test(name)));
  const what = known?.[1] ?? `no CLIP model (its first tensor is ${shortly(names[0])})`;
  return new LensError(
    'unsupported',
    `This file holds ${what}. Use a CLIP with a vision transformer in Hugging Face's or OpenCLIP's format, ` +
      'for example the model.safetensors of openai/clip-vit-base-patch32 or a laion/CLIP-ViT model.',
  );
}
