import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { writeSafetensors } from '../../../src/clip/checkpoint/safetensors.ts';
import { isLensError } from '../../../src/errors.ts';
import { fixture } from './fixtures.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const reading = (bytes: Uint8Array, name = 'given.bin') => {
  try {
    return readCheckpoint([{ name, bytes }]);
  } catch (error) {
    if (isLensError(error)) return error;
    throw error;
  }
};

/** Every refusal says what the file is, and what to use instead. */
describe.each([
  [
    'a PyTorch checkpoint',
    fixture('pytorch_model.bin'),
    'unsupported',
    /PyTorch checkpoint: a pickle.*run any code/,
  ],
  ['an old PyTorch checkpoint', fixture('legacy.pt'), 'unsupported', /old PyTorch checkpoint: a pickle/],
  ['a pickle', Uint8Array.of(0x80, 4, 0x95, 1, 2, 3, 4, 5, 6, 7), 'unsupported', /pickle/],
  ['4-bit weights', fixture('q4-text_model.onnx'), 'unsupported', /4 bits.*too coarse/],
  [
    'weights beside the file',
    fixture('external-text_model.onnx'),
    'unsupported',
    /given\.bin keeps its weights in another file/,
  ],
  ['a zip', text('PK\x03\x04\x14\x00\x00\x00\x08\x00readme.txt'), 'unsupported', /zip archive/],
  ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), 'unsupported', /gzip/],
  ['GGUF', text('GGUF\x03\x00\x00\x00\x01\x00\x00\x00'), 'unsupported', /GGUF.*llama\.cpp/],
  ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), 'unsupported', /HDF5/],
  ['TensorFlow Lite', text('\x1c\x00\x00\x00TFL3\x00\x00'), 'unsupported', /TensorFlow Lite/],
  ['a web page', text('<!doctype html>\n<html><body>Sign in</body></html>'), 'bad-file', /web page.*login/],
  [
    'an XML error',
    text('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
    'bad-file',
    /HTML or XML/,
  ],
  ['a JSON error', text('{"error":"Repository not found"}'), 'bad-file', /JSON/],
  ['a text error', text('Entry not found'), 'bad-file', /text, not weights/],
  [
    'a git-lfs pointer',
    text('version https://git-lfs.github.com/spec/v1\noid sha256:99d2\nsize 605157884\n'),
    'bad-file',
    /git-lfs pointer/,
  ],
  ['nothing', new Uint8Array(), 'bad-file', /given\.bin is empty/],
] as const)('%s', (_, bytes, tag, what) => {
  it('is refused with a sentence', () => {
    const error = reading(bytes);
    expect(error).toMatchObject({ tag, message: expect.stringMatching(what) });
    expect(error).toMatchObject({ message: expect.stringMatching(/safetensors/) });
  });
});

describe.each([
  ['a ResNet CLIP', ['visual.layer1.0.conv1.weight', 'token_embedding.weight', 'text_projection'], /ResNet/],
  ['SigLIP', ['vision_model.head.probe', 'text_model.embeddings.token_embedding.weight'], /SigLIP/],
  [
    'BLIP',
    ['vision_model.embeddings.class_embedding', 'vision_model.encoder.layers.0.self_attn.qkv.weight'],
    /BLIP/,
  ],
  ['CoCa', ['visual.class_embedding', 'text_decoder.resblocks.0.ln_1.weight'], /CoCa/],
  ['DINO', ['embeddings.cls_token', 'encoder.layer.0.norm1.weight'], /DINO/],
  ['CLIPSeg', ['clip.vision_model.embeddings.class_embedding'], /CLIPSeg/],
  ['a language model', ['h.0.attn.c_attn.weight', 'wte.weight'], /language model/],
  ['a LoRA', ['lora_unet_down_blocks_0.lora_up.weight'], /LoRA/],
  [
    'a text tower without projection',
    ['text_model.embeddings.token_embedding.weight'],
    /text_projection\.weight.*WithProjection/,
  ],
] as const)('%s', (_, names, what) => {
  it('is refused as what it is', () => {
    const tensors = names.map(
      (name) => ({ name, dtype: 'F32', shape: [2, 2], data: new Float32Array(4) }) as const,
    );
    const error = reading(writeSafetensors(tensors));
    expect(error).toMatchObject({ tag: 'unsupported', message: expect.stringMatching(what) });
  });
});
