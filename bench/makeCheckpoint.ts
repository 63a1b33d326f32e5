/**
 * Random weights in full size, as a model folder that the command line and the benches open:
 *
 *     npx tsx bench/makeCheckpoint.ts vit-b-32|vit-l-14|tiny [--f16] [--folder .cache/checkpoints]
 *
 * Writes config.json, preprocessor_config.json and model.safetensors with both towers, tensor by tensor,
 * so that memory stays at the size of one. A folder that is complete already is left as it is.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClipConfig, TowerConfig } from '../src/clip/config.ts';
import { configJson } from '../src/clip/configJson.ts';
import { encodeHalf } from '../src/clip/float16.ts';
import { fill, generator, type Shape, shapes } from '../test/support/randomClip.ts';

const tower = (width: number, layers: number): TowerConfig => ({
  width,
  layers,
  heads: width / 64,
  neurons: 4 * width,
  activation: 'quick_gelu',
  layerNormEps: 1e-5,
});
const text = { vocabularySize: 49408, contextLength: 77 };

/** Sizes of OpenAI's models, and one that is made in no time. */
export const MODELS: Readonly<Record<string, ClipConfig>> = {
  'vit-b-32': {
    dim: 512,
    vision: { ...tower(768, 12), imageSize: 224, patchSize: 32 },
    text: { ...tower(512, 12), ...text },
  },
  'vit-l-14': {
    dim: 768,
    vision: { ...tower(1024, 24), imageSize: 224, patchSize: 14 },
    text: { ...tower(768, 12), ...text },
  },
  tiny: {
    dim: 64,
    vision: { ...tower(64, 2), imageSize: 64, patchSize: 32 },
    text: { ...tower(64, 2), ...text, vocabularySize: 512 },
  },
};

/** CLIP's pre-processing for pictures of `size` pixels, as Hugging Face writes it. */
const preprocessing = (size: number) => ({
  crop_size: { height: size, width: size },
  do_center_crop: true,
  do_normalize: true,
  do_resize: true,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  resample: 3,
  size: { shortest_edge: size },
});

/** The folder of a random model, made if it is not there. */
export function makeCheckpoint(model: string, half = false, root = '.cache/checkpoints'): string {
  const config = MODELS[model];
  if (!config) throw new Error(`Unknown model ${model}; there are ${Object.keys(MODELS).join(', ')}.`);
  const folder = join(root, half ? `${model}-f16` : model);
  const file = join(folder, 'model.safetensors');
  if (existsSync(file)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(configJson(config)));
  writeFileSync(
    join(folder, 'preprocessor_config.json'),
    JSON.stringify(preprocessing(config.vision!.imageSize)),
  );
  writeTensors(`${file}.part`, shapes(config), half);
  renameSync(`${file}.part`, file); // so that one that was interrupted is not taken for whole
  return folder;
}

const count = ({ shape }: Shape): number => shape.reduce((product, size) => product * size, 1);

function writeTensors(path: string, tensors: readonly Shape[], half: boolean): void {
  const random = generator(1);
  const out = openSync(path, 'w');
  writeFileSync(out, header(tensors, half ? 2 : 4));
  for (const tensor of tensors) {
    const values = new Float32Array(count(tensor));
    fill(values, tensor.name, tensor.shape, random);
    writeFileSync(out, new Uint8Array((half ? encodeHalf(values) : values).buffer));
  }
  closeSync(out);
}

function header(tensors: readonly Shape[], size: 2 | 4): Uint8Array {
  let end = 0;
  const entries = tensors.map((tensor) => {
    const begin = end;
    end += size * count(tensor);
    const { name, shape } = tensor;
    return [name, { dtype: size === 2 ? 'F16' : 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const json = JSON.stringify(Object.fromEntries(entries));
  const padded = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(padded.length);
  return Buffer.concat([length, padded]);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [model = 'vit-b-32'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  const at = process.argv.indexOf('--folder');
  const root = at < 0 ? undefined : process.argv[at + 1];
  console.log(makeCheckpoint(model, process.argv.includes('--f16'), root));
}
