import { readdirSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { LinearValues, NormValues } from '../../src/lens/lensWeights.ts';
import { readNpy } from '../support/npy.ts';
import { sharedPath } from '../support/shared.ts';
import type { OracleTower } from './oracle.ts';

/** An array of the outputs of the authors' released code. */
export const reference = (name: string): Float32Array =>
  readNpy<Float32Array>(sharedPath('reference', 'small', `${name}.npy`)).data;

const MEAN = [0.48145467042922974, 0.45782750844955444, 0.40821072459220886];
const STD = [0.2686295509338379, 0.2613025903701782, 0.27577710151672363];

/** One of the 160 pictures, [3, 32, 32] as float32: the model's own size, so only normalised. */
export async function referencePicture(index: number): Promise<Float32Array> {
  const path = sharedPath('reference', 'small', 'images', pictureNames()[index]!);
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const area = info.width * info.height;
  return Float32Array.from({ length: 3 * area }, (_, i) => {
    const c = Math.floor(i / area);
    return Math.fround((data[(i % area) * 3 + c]! / 255 - MEAN[c]!) / STD[c]!);
  });
}

export const pictureNames = (): string[] =>
  readdirSync(sharedPath('reference', 'small', 'images'))
    .filter((name) => name.endsWith('.png'))
    .sort();

/** The reference model, read straight from its Hugging Face file. */
export function referenceTower(): OracleTower {
  const file = readFileSync(sharedPath('reference', 'small', 'model.safetensors'));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const read = (name: string) => {
    const entry = header[`vision_model.${name}`] ?? header[name];
    if (!entry) throw new Error(`no tensor ${name}`);
    const [from, to] = entry.data_offsets.map((offset) => 8 + headerLength + offset);
    return new Float32Array(new Uint8Array(file.subarray(from, to)).buffer);
  };
  const norm = (name: string): NormValues => ({ gain: read(`${name}.weight`), bias: read(`${name}.bias`) });
  const linear = (name: string): LinearValues => {
    const bias = read(`${name}.bias`);
    return { weight: turned(read(`${name}.weight`), bias.length), bias };
  };
  const layer = (l: number) => `encoder.layers.${l}`;
  return {
    width: 64,
    layers: 4,
    heads: 4,
    neurons: 256,
    dim: 32,
    imageSize: 32,
    patchSize: 8,
    eps: 1e-5,
    patch: read('embeddings.patch_embedding.weight'),
    cls: read('embeddings.class_embedding'),
    position: read('embeddings.position_embedding.weight'),
    preNorm: norm('pre_layrnorm'),
    blocks: [0, 1, 2, 3].map((l) => ({
      norm1: norm(`${layer(l)}.layer_norm1`),
      query: linear(`${layer(l)}.self_attn.q_proj`),
      key: linear(`${layer(l)}.self_attn.k_proj`),
      value: linear(`${layer(l)}.self_attn.v_proj`),
      out: linear(`${layer(l)}.self_attn.out_proj`),
      norm2: norm(`${layer(l)}.layer_norm2`),
      fc1: linear(`${layer(l)}.mlp.fc1`),
      fc2: linear(`${layer(l)}.mlp.fc2`),
    })),
    postNorm: norm('post_layernorm'),
    projection: turned(read('visual_projection.weight'), 32),
  };
}

/** [out, in] → [in, out] */
function turned(stored: Float32Array, out: number): Float32Array {
  const inner = stored.length / out;
  return Float32Array.from(stored, (_, i) => stored[(i % out) * inner + Math.floor(i / out)]!);
}
