import { LensError } from '../../../errors.ts';
import type { TextConfig, TowerConfig, VisionConfig } from '../../config.ts';
import type { BlockWeights, Linear, Norm } from '../../weights.ts';
import type { CheckpointFile } from '../checkpointFile.ts';
import { ConvertedTensors } from '../convertedTensors.ts';
import type { Reading } from '../reading.ts';
import type { StatedSizes, StatedTower } from '../statedSizes.ts';
import type { BlockMatch } from './block.ts';
import { notClip, OnnxGraph } from './graph.ts';
import type { LinearMatch, NormMatch } from './layers.ts';
import { readOnnxModel } from './model.ts';
import { findTowers, type TextMatch, temperature, type VisionMatch } from './towers.ts';
import { dimsOf, WeightStore } from './weight.ts';

/**
 * The towers in an ONNX export of Hugging Face's CLIP, used as a container of weights: the graph says
 * which is which, and how the activation and the heads are. Weights in float32 and float16 stay where
 * they are in the file; int8 ones are de-quantised.
 * @throws LensError see {@link readCheckpoint}
 */
export function readOnnxTowers(file: CheckpointFile, stated: StatedSizes): Reading {
  const model = readOnnxModel(file);
  const graph = new OnnxGraph(model);
  const towers = findTowers(graph);
  const converted = new ConvertedTensors(`${file.name}:converted`, file.bytes.length);
  const store = new WeightStore(model, converted, towers.some(isQuantised));
  const visions = towers.filter((tower) => tower.kind === 'vision');
  const texts = towers.filter((tower) => tower.kind === 'text');
  if (visions.length > 1 || texts.length > 1) throw notClip(file.name, 'it has the same tower twice');
  const vision = visions[0] && readVision(store, visions[0], stated, file.name);
  const text = texts[0] && readText(store, texts[0], stated, file.name);
  const scale = temperature(graph);
  return {
    ...(vision && { vision }),
    ...(text && { text }),
    ...(scale !== undefined && { temperature: scale }),
    files: new Map([[file.name, file.bytes], ...converted.finish()]),
  };
}

const isQuantised = ({ blocks: [first] }: VisionMatch | TextMatch): boolean =>
  first?.fc1.weight.quantisation !== undefined;

function readVision(store: WeightStore, match: VisionMatch, stated: StatedSizes, from: string) {
  const { embedding, projection } = match;
  const [, , patchSize = 0] = dimsOf(embedding.patch);
  const [tokens = 0] = dimsOf(embedding.position);
  const side = Math.sqrt(tokens - 1);
  if (!Number.isInteger(side) || side < 1 || patchSize < 1) {
    throw new LensError('bad-file', `${from} does not hold a square grid of patches and CLS.`);
  }
  const tower = towerConfig(match, stated.vision, from);
  const config: VisionConfig = { ...tower, imageSize: side * patchSize, patchSize };
  const dim = dimsOf(projection.weight)[1] ?? 0;
  agree(from, 'picture size', stated.vision.imageSize, config.imageSize);
  agree(from, 'patch size', stated.vision.patchSize, patchSize);
  agree(from, 'joint dimensions', stated.dim, dim);
  const { width } = tower;
  const weights = {
    patch: store.tensor('vision.patch', embedding.patch, [width, 3, patchSize, patchSize]),
    cls: store.tensor('vision.cls', embedding.cls, [width]),
    position: store.tensor('vision.position', embedding.position, [tokens, width]),
    preNorm: norm(store, 'vision.preNorm', match.preNorm, width),
    blocks: blocks(store, 'vision', match.blocks, tower),
    postNorm: norm(store, 'vision.postNorm', match.lastNorm, width),
    projection: store.matrix('vision.projection', projection.weight, width, dim),
  };
  return { config, weights, dim, activationBasis: 'stated' as const, from };
}

function readText(store: WeightStore, match: TextMatch, stated: StatedSizes, from: string) {
  const { embedding, projection } = match;
  const [vocabularySize = 0] = dimsOf(embedding.token);
  const [contextLength = 0] = dimsOf(embedding.position);
  const tower = towerConfig(match, stated.text, from);
  const config: TextConfig = { ...tower, vocabularySize, contextLength };
  const dim = dimsOf(projection.weight)[1] ?? 0;
  agree(from, 'tokens in the vocabulary', stated.text.vocabularySize, vocabularySize);
  agree(from, 'positions', stated.text.contextLength, contextLength);
  agree(from, 'joint dimensions', stated.dim, dim);
  const { width } = tower;
  const weights = {
    token: store.tensor('text.token', embedding.token, [vocabularySize, width]),
    position: store.tensor('text.position', embedding.position, [contextLength, width]),
    blocks: blocks(store, 'text', match.blocks, tower),
    finalNorm: norm(store, 'text.finalNorm', match.lastNorm, width),
    projection: store.matrix('text.projection', projection.weight, width, dim),
  };
  return { config, weights, dim, activationBasis: 'stated' as const, from };
}

function towerConfig(match: VisionMatch | TextMatch, stated: StatedTower, from: string): TowerConfig {
  const [first] = match.blocks as [BlockMatch, ...BlockMatch[]];
  const [width = 0] = dimsOf(match.lastNorm.gain);
  const [, neurons = 0] = dimsOf(first.fc1.weight);
  const { activation, heads: found } = first;
  if (match.blocks.some((block) => block.activation !== activation || block.heads !== found)) {
    throw notClip(from, 'its blocks differ in their activation or heads');
  }
  agree(from, 'width', stated.width, width);
  agree(from, 'blocks', stated.layers, match.blocks.length);
  agree(from, 'neurons', stated.neurons, neurons);
  agree(from, 'activation', stated.activation, activation);
  if (found !== undefined) agree(from, 'heads', stated.heads, found);
  const heads = found ?? stated.heads;
  if (heads === undefined || width % heads !== 0) {
    throw new LensError(
      'bad-request',
      `${from} does not tell into how many heads its width of ${width} is split; give the config.json that belongs to it.`,
    );
  }
  return { width, layers: match.blocks.length, heads, neurons, activation, layerNormEps: eps(match, stated) };
}

/** Half precision rounds 1e-5 by a thousandth: what is stated is exact. */
function eps({ lastNorm }: VisionMatch | TextMatch, { layerNormEps }: StatedTower): number {
  const found = Number(lastNorm.eps.toPrecision(3));
  const near = layerNormEps !== undefined && Math.abs(layerNormEps - found) < 0.05 * found;
  return near ? layerNormEps : found;
}

function agree<T>(from: string, what: string, stated: T | undefined, found: T): void {
  if (stated === undefined || stated === found) return;
  throw new LensError(
    'bad-file',
    `The config does not belong to ${from}: it states ${stated} for ${what}, where the file has ${found}.`,
  );
}

function blocks(
  store: WeightStore,
  prefix: string,
  matches: readonly BlockMatch[],
  { width, neurons }: TowerConfig,
): BlockWeights[] {
  return matches.map((match, l) => {
    const name = (part: string) => `${prefix}.blocks.${l}.${part}`;
    const map = (part: string, found: LinearMatch, inputs: number, outputs: number): Linear => ({
      weight: store.matrix(name(`${part}.weight`), found.weight, inputs, outputs),
      bias: store.tensor(name(`${part}.bias`), found.bias!, [outputs]),
    });
    return {
      norm1: norm(store, name('norm1'), match.norm1, width),
      query: map('query', match.query, width, width),
      key: map('key', match.key, width, width),
      value: map('value', match.value, width, width),
      out: map('out', match.out, width, width),
      norm2: norm(store, name('norm2'), match.norm2, width),
      fc1: map('fc1', match.fc1, width, neurons),
      fc2: map('fc2', match.fc2, neurons, width),
    };
  });
}

const norm = (store: WeightStore, name: string, { gain, bias }: NormMatch, width: number): Norm => ({
  gain: store.tensor(`${name}.gain`, gain, [width]),
  bias: store.tensor(`${name}.bias`, bias, [width]),
});
