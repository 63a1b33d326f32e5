import { resolve } from 'node:path';
import type { Engine, PixelSource } from '../src/engine/engine.ts';
import { indirectChanges } from '../src/engine/indirectEffects.ts';
import { LensError } from '../src/errors.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import {
  addIndirectEffects,
  type IndirectEffects,
  measureIndirectEffect,
  NO_INDIRECT_EFFECTS,
} from '../src/lens/indirectEffect.ts';
import { addMoments, EMPTY_MOMENTS, type Moments, momentsOf, spreadOf } from '../src/lens/moments.ts';
import { randomChoice } from '../src/lens/randomChoice.ts';
import { dot, norm } from '../src/lens/vectors.ts';
import type { ClassEmbeddings } from '../src/lens/zeroShot.ts';
import type { Checkpoint } from '../src/studies/checkpoint.ts';
import type { Part } from '../src/studies/labelledImages.ts';
import { openCheckpoint } from './checkpoint.ts';
import { blockJob, type Context, command } from './command.ts';
import { openLabelled, pictureOptions } from './labelledPictures.ts';
import { chooseBlocks, openModelOf } from './model.ts';
import * as option from './options.ts';
import { checkResultPath, resultOptions, rounded, writeResult } from './results.ts';
import { software } from './software.ts';

const options = {
  ...option.model,
  ...pictureOptions,
  layers: option.withDefault(
    option.layers('blocks whose neurons are ablated (default all but the last)'),
    'all' as const,
  ),
  neurons: option.withDefault(option.count('neurons drawn a block (default 64)'), 64),
  pictures: option.withDefault(option.count('pictures drawn of each part of the set (default 32)'), 32),
  seed: option.withDefault(option.count('of both draws (default 0)', 0), 0),
  ...resultOptions,
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens indirect`: neurons ablated one at a time and the model run again, beside their second-order effects. */
export const indirect = command({
  name: 'indirect',
  summary: 'indirect effects: neurons mean-ablated and the model run again, beside second-order effects',
  example:
    'npm run cli -- indirect --model public/models/pictogram-clip --set public/sets/pictograms --out indirect.json',
  options,
  run,
});

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

async function run(values: Values, context: Context): Promise<void> {
  const { signal, progress } = context;
  await checkResultPath(values.out, values.force);
  const model = await openModelOf(values, progress);
  const blocks = chooseBlocks(values.layers, model.vision);
  if (values.images !== undefined && (values.classifier === undefined || values.labels === undefined))
    throw new LensError('bad-request', 'Pictures of a folder need --classifier and --labels.');
  const labelled = await openLabelled(values, model, context);
  const { pictures, labels } = labelled;
  const drawn = Math.min(values.neurons, model.vision.neurons);
  const about = {
    software,
    command: 'indirect',
    form: 'as-released',
    parameters: { layers: blocks, neurons: drawn, pictures: values.pictures, seed: values.seed },
    model: { name: model.name, hash: model.hash },
    images: {
      name: pictures.name,
      hash: pictures.hash,
      count: pictures.source.count,
      skipped: pictures.skipped,
    },
  };
  const checkpoint = await openCheckpoint(values.out, about, values.resume, context);
  const engine = await model.openEngine(values.threads);
  try {
    const job = { signal, onProgress: progress.report };
    const classes = await labelled.classes(engine, job);
    const rows: (ReturnType<typeof figures> & { part: string; block: number; form: string })[] = [];
    const missing = await unfinished(checkpoint, blocks, labelled.parts);
    const means = await engine.meanActivations(model.pixels(pictures.source), missing, job);
    for (const block of blocks) {
      const neurons = Array.from(randomChoice(drawn, model.vision.neurons, values.seed + block));
      for (const part of labelled.parts) {
        const name = nameOf(block, part);
        const known = part.images.filter((i) => labels[i]! >= 0);
        const few = randomChoice(Math.min(values.pictures, known.length), known.length, values.seed).map(
          (i) => known[i]!,
        );
        const kept = await checkpoint.get(name);
        const sample = kept
          ? (JSON.parse(Buffer.from(kept).toString()) as NeuronSample)
          : await sampleBlock(
              { engine, context, classes, means: means[missing.indexOf(block)]! },
              block,
              neurons,
              {
                pixels: model.pixels(selectPictures(pictures.source, Array.from(few))),
                labels: Array.from(few, (i) => labels[i]!),
              },
            );
        await checkpoint.put(name, JSON.stringify(sample));
        rows.push({ part: part.name, block, ...figures(sample, few.length), form: 'as-released' });
      }
    }
    await writeResult(values.out, { ...about, backend: engine.backend, rows }, rows);
    await checkpoint.remove();
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
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

interface Task {
  readonly engine: Engine;
  readonly context: Context;
  readonly classes: ClassEmbeddings;
  /** Mean activations of the block over the whole set, [T, N]. */
  readonly means: Float64Array;
}

async function sampleBlock(
  { engine, context, classes, means }: Task,
  block: number,
  neurons: readonly number[],
  { pixels, labels }: { pixels: PixelSource; labels: readonly number[] },
): Promise<NeuronSample> {
  const job = blockJob(context, block);
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
