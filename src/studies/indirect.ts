import type { Engine, PixelSource } from '../engine/engine.ts';
import { indirectChanges } from '../engine/tables/indirectEffects.ts';
import { centredNorms } from '../lens/centredNorms.ts';
import {
  addIndirectEffects,
  type IndirectEffects,
  measureIndirectEffect,
  NO_INDIRECT_EFFECTS,
  vectorsAsEffects,
} from '../lens/indirectEffect.ts';
import { addMoments, EMPTY_MOMENTS, type Moments, momentsOf, spreadOf } from '../lens/moments.ts';
import { principalDirection } from '../lens/principalDirection.ts';
import { randomChoice } from '../lens/randomChoice.ts';
import { topSet } from '../lens/topSet.ts';
import { dot, norm } from '../lens/vectors.ts';
import type { ClassEmbeddings } from '../lens/zeroShot.ts';
import type { JobOptions, Progress } from '../progress.ts';
import { blockJob } from './blockStudy.ts';
import { type Checkpoint, keptJson } from './checkpoint.ts';
import { rounded } from './figures.ts';
import type { LabelledImages, Part } from './labelledImages.ts';
import type { Bench, PartTable } from './study.ts';

export interface IndirectSetup {
  readonly blocks: readonly number[];
  readonly images: LabelledImages;
  readonly classes: ClassEmbeddings;
  /** Neurons drawn a block. */
  readonly neurons: number;
  /** Pictures drawn of each part. */
  readonly pictures: number;
  /** Of both draws. */
  readonly seed: number;
  /** Told of the table so far. */
  readonly onTables?: (tables: readonly PartTable<IndirectFigures>[]) => void;
}

/** A block's indirect effects beside its second-order ones, as they are read. */
export type IndirectFigures = { readonly block: number } & ReturnType<typeof figures>;

/** Means over the drawn neurons, each of its mean over the pictures: the neurons are what varies. */
interface NeuronSample {
  /** Length of the change when the rest of the model runs again, and of the second-order effect less its mean. */
  readonly indirect: Moments;
  readonly secondOrder: Moments;
  /** Cosine of the two, where both have a length. */
  readonly cosine: Moments;
  readonly labelScore: Moments;
  readonly accuracy: Moments;
}

/**
 * Neurons drawn from every block, mean-ablated one at a time while the rest of the model runs again, on pictures drawn
 * from every part; what the checkpoint has is not done again.
 */
export async function indirectStudy(
  bench: Bench,
  setup: IndirectSetup,
): Promise<PartTable<IndirectFigures>[]> {
  const { engine, checkpoint } = bench;
  const { blocks, images, seed, onTables } = setup;
  const { vision } = engine.config;
  if (!vision) throw new Error('a model without image tower has no neurons to ablate');
  const drawn = images.parts.map((part) => ({ part, few: drawPictures(part, setup) }));
  const tables = drawn.map(({ part, few }) => ({
    name: part.name,
    images: few.length,
    rows: [] as IndirectFigures[],
  }));
  const missing = await unfinished(checkpoint, blocks, images.parts);
  const means = missing.length > 0 ? await meansOf(bench, images, missing) : [];
  for (const block of blocks) {
    const neurons = Array.from(
      randomChoice(Math.min(setup.neurons, vision.neurons), vision.neurons, seed + block),
    );
    for (const [i, { part, few }] of drawn.entries()) {
      const name = nameOf(block, part);
      const kept = await keptJson<NeuronSample>(checkpoint, name);
      const sample =
        kept ??
        (await sampleBlock(bench, setup, block, neurons, few, means[missing.indexOf(block)]!, part.name));
      await checkpoint.put(name, JSON.stringify(sample));
      tables[i]!.rows.push({ block, ...figures(sample, few.length) });
      onTables?.(tables);
    }
  }
  return tables;
}

/** Mean activations of blocks over the whole set, [T, N] each: a sweep that is not done twice. */
async function meansOf(
  { engine, checkpoint, job }: Bench,
  images: LabelledImages,
  blocks: readonly number[],
): Promise<Float64Array[]> {
  const nameOfMeans = (block: number): string => `mean activations of block ${block}`;
  const kept = await Promise.all(blocks.map((block) => checkpoint.get(nameOfMeans(block))));
  if (kept.every((bytes) => bytes !== undefined))
    return kept.map((bytes) => new Float64Array(bytes.slice().buffer));
  const means = await engine.meanActivations(images.pixels(), blocks, job);
  for (const [i, { buffer, byteOffset, byteLength }] of means.entries())
    await checkpoint.put(
      nameOfMeans(blocks[i]!),
      new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
    );
  return means;
}

/** Labelled pictures of a part, drawn by seed. */
function drawPictures({ images: all }: Part, { images, pictures, seed }: IndirectSetup): number[] {
  const known = all.filter((i) => images.labels[i]! >= 0);
  return Array.from(randomChoice(Math.min(pictures, known.length), known.length, seed), (i) => known[i]!);
}

const nameOf = (block: number, part: Part): string => `block ${block} of ${part.name}`;

/** Blocks of which not every part is done yet. */
async function unfinished(
  checkpoint: Checkpoint,
  blocks: readonly number[],
  parts: readonly Part[],
): Promise<number[]> {
  const left: number[] = [];
  for (const block of blocks) {
    const found = await Promise.all(parts.map((part) => checkpoint.get(nameOf(block, part))));
    if (found.includes(undefined)) left.push(block);
  }
  return left;
}

/** @param means mean activations of the block over the whole set, [T, N] */
async function sampleBlock(
  { engine, job: whole }: Bench,
  { images, classes }: IndirectSetup,
  block: number,
  neurons: readonly number[],
  few: readonly number[],
  means: ArrayLike<number>,
  part: string,
): Promise<NeuronSample> {
  const named = blockJob(whole, block);
  const job = {
    ...named,
    onProgress: (p: Progress) => named.onProgress?.({ ...p, stage: `${p.stage}, ${part}` }),
  };
  const pixels = images.pixels(few);
  const labels = few.map((i) => images.labels[i]!);
  const { dim } = engine.config;
  const { neurons: width } = engine.config.vision!;
  // Second-order effects are centred on the drawn pictures, as their changes are on the set: their mean is small beside them.
  const effects = await centredEffects(engine, pixels, block, job);
  const sums: IndirectEffects[] = neurons.map(() => NO_INDIRECT_EFFECTS);
  const lengths = neurons.map(() => EMPTY_MOMENTS);
  const cosines = neurons.map(() => EMPTY_MOMENTS);
  for await (const onImage of engine.indirectEffects(pixels, { block, neurons, means }, job)) {
    const { image, embedding, ablated } = onImage;
    indirectChanges(onImage).forEach((change, i) => {
      const row = ablated.subarray(i * dim, (i + 1) * dim);
      sums[i] = addIndirectEffects(sums[i]!, measureIndirectEffect(embedding, row, classes, labels[image]!));
      const at = (image * width + neurons[i]!) * dim;
      const size = norm(effects, dim, at);
      lengths[i] = addMoments(lengths[i]!, momentsOf([size]));
      const lost = -dot(change, effects, dim, 0, at);
      if (size > 0 && norm(change) > 0)
        cosines[i] = addMoments(cosines[i]!, momentsOf([lost / (size * norm(change))]));
    });
  }
  const over = (pick: (i: number) => Moments) =>
    momentsOf(neurons.flatMap((_, i) => (pick(i).count > 0 ? pick(i).mean : [])));
  return {
    indirect: over((i) => sums[i]!.size),
    secondOrder: over((i) => lengths[i]!),
    cosine: over((i) => cosines[i]!),
    labelScore: over((i) => sums[i]!.labelScore),
    accuracy: over((i) => sums[i]!.accuracy),
  };
}

/** phi − its mean over the pictures, [I, N, D]: for a few pictures. */
async function centredEffects(
  engine: Engine,
  pixels: PixelSource,
  block: number,
  job: Parameters<Engine['effects']>[2],
) {
  const effects = await engine.effects(pixels, block, job);
  const each = effects.length / pixels.count;
  for (let at = 0; at < each; at++) {
    let mean = 0;
    for (let i = 0; i < pixels.count; i++) mean += effects[i * each + at]! / pixels.count;
    for (let i = 0; i < pixels.count; i++) effects[i * each + at]! -= mean;
  }
  return effects;
}

function figures(sample: NeuronSample, pictures: number) {
  const of = (moments: Moments, scale = 1) => {
    const { mean, standardError } = spreadOf(moments);
    return [
      rounded(scale * mean, 5),
      standardError === undefined ? undefined : rounded(scale * standardError, 5),
    ] as const;
  };
  const [indirectLength, indirectLengthError] = of(sample.indirect);
  const [secondOrderLength, secondOrderLengthError] = of(sample.secondOrder);
  const [cosine, cosineError] = of(sample.cosine);
  const [labelScore, labelScoreError] = of(sample.labelScore);
  const [accuracy, accuracyError] = of(sample.accuracy, 100);
  return {
    neurons: sample.indirect.count,
    pictures,
    indirectLength,
    indirectLengthStandardError: indirectLengthError,
    secondOrderLength,
    secondOrderLengthStandardError: secondOrderLengthError,
    cosine,
    cosineStandardError: cosineError,
    labelScoreChange: labelScore,
    labelScoreChangeStandardError: labelScoreError,
    accuracyChange: accuracy,
    accuracyChangeStandardError: accuracyError,
  };
}

/**
 * Directions of neurons from their indirect effects on some pictures, as second-order directions are had: first
 * right singular vector of the changes of the pictures with the strongest, [neurons, D]. The change is taken
 * with its sign turned: what the neuron adds, not what its loss takes.
 */
export async function indirectDirections(
  engine: Engine,
  pixels: PixelSource,
  request: { block: number; neurons: readonly number[]; means: ArrayLike<number> },
  topK: number,
  job: JobOptions,
): Promise<Float32Array> {
  const { dim } = engine.config;
  const changes = request.neurons.map(() => new Float64Array(pixels.count * dim));
  for await (const onImage of engine.indirectEffects(pixels, request, job)) {
    indirectChanges(onImage).forEach((change, i) => {
      changes[i]!.set(
        change.map((x) => -x),
        onImage.image * dim,
      );
    });
  }
  const directions = new Float32Array(changes.length * dim);
  changes.forEach((rows, i) => {
    const effects = vectorsAsEffects(rows, dim);
    const { images } = topSet(centredNorms(effects), Math.min(topK, pixels.count));
    directions.set(principalDirection(effects, images).direction, i * dim);
  });
  return directions;
}
