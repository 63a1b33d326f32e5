import { basename, join, resolve } from 'node:path';
import type { Engine } from '../src/engine/engine.ts';
import { LensError } from '../src/errors.ts';
import { throwIfCancelled } from '../src/images/decode.ts';
import { AlignedNeurons } from '../src/lens/alignedNeurons.ts';
import type { BlockSummary } from '../src/lens/blockSummary.ts';
import { representations, summariseDirections } from '../src/lens/givenDirections.ts';
import { CHANCE_DIRECTIONS, randomDirections } from '../src/lens/randomDirections.ts';
import {
  type AlignedLists,
  encodeBlock,
  encodeHead,
  openPack,
  type Pack,
  type PackHead,
} from '../src/pack/index.ts';
import { packOptions } from './bake/options.ts';
import { copySheets, writeSheets } from './bake/sheets.ts';
import { type Context, command, jobOf } from './command.ts';
import { type GivenDirections, readDirections, readNames } from './directionFile.ts';
import { type Model, openModelOf } from './model.ts';
import * as option from './options.ts';
import { checkOutput, type Output, openOutput } from './output.ts';
import { packFilesAt } from './packFiles.ts';
import { modelInPack, setInPack } from './packHead.ts';
import { openWordPool, packWords, type WordPool } from './packWords.ts';
import { openFolder, openSet, type Pictures } from './pictures.ts';
import { software } from './software.ts';

const options = {
  ...option.model,
  directions: option.text(
    'FILE',
    'the directions, one a row: .npy or .safetensors, [k, dim of the joint space]',
  ),
  tensor: option.optional(option.text('NAME', 'which tensor, where a .safetensors file holds several')),
  transpose: option.flag(
    'the directions are the columns: [dim, k], as the weight of a linear decoder is stored',
  ),
  names: option.optional(option.text('FILE', 'what the directions are called, a line each')),
  name: option.optional(option.text('NAME', "what they are together (default: the file's name)")),
  set: option.optional(option.text('DIR', 'a shipped set: folder with set.json and sheets')),
  images: option.optional(option.text('DIR', 'or a folder of pictures, taken in file-name order')),
  neurons: option.optional(
    option.text('PACK', 'a pack of the same model, whose neurons are compared with them'),
  ),
  top: option.withDefault(option.count("k: a direction's strongest images (default 100)"), 100),
  ...packOptions,
  out: option.text('DIR', 'folder for the pack; written complete or not at all'),
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens directions`: directions made elsewhere, to be explored as neurons are. */
export const directions = command({
  name: 'directions',
  summary: 'a pack of directions made elsewhere, such as the decoder of a sparse autoencoder',
  example:
    'npm run cli -- directions --model public/models/pictogram-clip --set public/sets/pictograms --directions decoder.npy --texts public/sets/pictograms/words.txt --out my-sae',
  options,
  run,
});

/** Everything that is read before anything is computed. */
interface Task {
  readonly values: Values;
  readonly context: Context;
  readonly model: Model;
  readonly given: GivenDirections;
  readonly names: readonly string[] | undefined;
  readonly pool: WordPool | undefined;
  readonly neurons: Pack | undefined;
  readonly pictures: Pictures;
}

async function run(values: Values, context: Context): Promise<void> {
  const from = pictureFolder(values);
  const optional = [values.names, values.texts, values.neurons].filter((path) => path !== undefined);
  await checkOutput(values.out, values.force, [values.model, values.directions, from, ...optional]);
  const model = await openModelOf(values, context.progress);
  const { width } = model.vision;
  const file = { path: values.directions, tensor: values.tensor, transpose: values.transpose };
  const given = await readDirections(file, { dim: model.weights.config.dim, width });
  const names = values.names === undefined ? undefined : await readNames(values.names, given.count);
  const pool = await openWordPool(values.texts, model);
  const neurons = values.neurons === undefined ? undefined : await openNeurons(values.neurons, model);
  const pictures =
    values.set === undefined ? await openFolder(from, values.top, context) : await openSet(from, values.top);
  const task: Task = { values, context, model, given, names, pool, neurons, pictures };

  const engine = await model.openEngine(values.threads);
  const output = await openOutput(values.out);
  context.onKill(output.discard);
  try {
    await writeDirections(task, engine, output);
    await output.commit();
    context.progress.note(
      `Wrote ${resolve(values.out)}: ${given.count} directions over ${pictures.source.count} pictures`,
    );
  } catch (error) {
    output.discard();
    throw error;
  } finally {
    await engine.dispose();
  }
}

function pictureFolder({ set, images }: Values): string {
  const folder = set ?? images;
  if (folder === undefined || (set !== undefined && images !== undefined)) {
    throw new LensError('bad-request', 'Give the pictures as either --set DIR or --images DIR.');
  }
  return folder;
}

async function openNeurons(path: string, { name, hash }: Model): Promise<Pack> {
  const pack = await openPack(await packFilesAt(path));
  const { model, directions } = pack.manifest;
  if (directions)
    throw new LensError('bad-request', `${path} holds directions; --neurons takes a pack of neurons.`);
  if (model.hash !== hash) {
    throw new LensError(
      'bad-request',
      `${path} is of the model ${model.name}, whose weights are not those of ${name}.`,
    );
  }
  return pack;
}

/** One sweep of the image tower, then arithmetic. */
async function writeDirections(task: Task, engine: Engine, output: Output): Promise<void> {
  const { values, context, model, given, names, pool, pictures } = task;
  const { dim } = model.weights.config;
  const job = jobOf(context);
  const words = pool && (await packWords(pool, engine, dim, context));
  const summary = await summarised(task, await engine.embedImages(model.pixels(pictures.source), job));
  const aligned = await alignedNeurons(task);
  const block = encodeBlock(summary, await words?.describer.describe(given.rows, job), aligned?.lists);
  const withPictures = await writePictures(task, output);
  const head: PackHead = {
    software,
    model: modelInPack(model, values),
    set: setInPack(
      {
        name: pictures.name,
        hash: pictures.hash,
        count: pictures.source.count,
        skipped: pictures.skipped.length,
      },
      values,
    ),
    backend: engine.backend,
    ...(words && { texts: words.texts, codes: words.describer.forms }),
    ...(withPictures && { pictures: true }),
    directions: {
      name: values.name ?? basename(values.directions),
      hash: given.hash,
      ...(names && { names }),
      ...(aligned && { aligned: { count: aligned.lists.count, chance: aligned.chance } }),
    },
  };
  for (const [name, bytes] of [...block.files, ...encodeHead(head, [block])]) await output.write(name, bytes);
}

/** Whether the pack brings pictures: not where they may not be published, or can be had elsewhere. */
async function writePictures({ values, pictures, context }: Task, output: Output): Promise<boolean> {
  if (values['no-pictures'] || values['set-url'] !== undefined) return false;
  const folder = join(output.folder, 'pictures');
  if (values.set !== undefined) await copySheets(values.set, folder);
  else {
    const { source, name } = pictures;
    const request = {
      name: values['set-name'] ?? name,
      licence: values.licence,
      size: values['picture-size'],
      records: Array.from({ length: source.count }, (_, i) => ({
        place: [i, 0] as [number, number],
        name: source.name(i),
      })),
      read: (picture: number) => source.read(picture, context.signal),
    };
    await writeSheets(folder, request, jobOf(context));
  }
  return true;
}

/** The numbers of every direction over the set. */
async function summarised(
  { values, context, given, pictures, model }: Task,
  embeddings: Float32Array,
): Promise<BlockSummary> {
  const listed = Math.min(values.listed, pictures.source.count);
  const over = representations(embeddings, model.weights.config.dim);
  const steps = summariseDirections(over, given.rows, { topK: values.top, listed });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await shown(context, 'Looking along directions', step.value, given.count);
  }
}

async function shown(
  { signal, progress }: Context,
  stage: string,
  done: number,
  total: number,
): Promise<void> {
  progress.report({ stage, done, total });
  await new Promise(setImmediate); // a Ctrl-C is heard
  throwIfCancelled(signal);
}

/** Neurons listed beside a direction. */
const ALIGNED = 8;
/** Directions compared with a block between two looks at the message queue. */
const TOGETHER = 64;

/** The model's neurons beside the directions, and the size of cosine that the nearest has to a random one. */
async function alignedNeurons({
  neurons,
  given,
  model,
  context,
}: Task): Promise<{ readonly lists: AlignedLists; readonly chance: number } | undefined> {
  if (!neurons) return undefined;
  const { dim } = model.weights.config;
  const aligned = new AlignedNeurons(given.rows, dim, ALIGNED);
  const random = new AlignedNeurons(randomDirections(CHANCE_DIRECTIONS, dim, 1), dim, 1);
  const { blocks } = neurons.manifest;
  for (const [i, { block }] of blocks.entries()) {
    const pack = await openPack(neurons.files); // keeps what it reads: one a block, so that one block is in memory
    const { directions } = await pack.vectors(block);
    random.add(block, directions);
    for (let from = 0; from < given.count; from += TOGETHER) {
      aligned.add(block, directions, from, Math.min(from + TOGETHER, given.count));
      const done = i * given.count + Math.min(from + TOGETHER, given.count);
      await shown(context, 'Comparing with neurons', done, blocks.length * given.count);
    }
  }
  const nearest = Array.from({ length: CHANCE_DIRECTIONS }, (_, n) => Math.abs(random.of(n)[0]?.cosine ?? 0));
  const chance = Math.min(1, nearest.reduce((sum, cosine) => sum + cosine, 0) / CHANCE_DIRECTIONS);
  return {
    lists: { count: ALIGNED, lists: Array.from({ length: given.count }, (_, n) => aligned.of(n)) },
    chance,
  };
}
