import { LensError } from '../../errors.ts';
import { shortly } from '../shortly.ts';

/** Models people are likely to try, by a tensor name only they have. */
const KNOWN: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^visual\.trunk\./, 'an OpenCLIP model whose image tower comes from timm'],
  [/^visual\.layer1\.0\.|^visual\.attnpool\./, 'a CLIP with a ResNet image tower'],
  [/^vision_model\.head\.|^vision_model\.embeddings\.patch_embedding\.bias$/, 'a SigLIP model'],
  [/^onnx::|^text\.transformer\./, 'a CLIP variant with another text tower'],
  [/^(vision_encoder|visual_encoder|qformer)\./, 'a BLIP model'],
  [
    /^(vit|deit|dinov2|dino)\.|^blocks\.0\.attn\.qkv\.|^cls_token$/,
    'a vision transformer without a text side',
  ],
  [/^(model|transformer)\.(layers|h)\.0\.|^bert\./, 'a language model'],
  [/\.(lora_A|lora_B|lora_down|lora_up)\./, 'a LoRA, a change to a model and not a model'],
];

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
