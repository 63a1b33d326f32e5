import { basename, resolve } from 'node:path';
import type { Engine } from '../../src/engine/engine.ts';
import { LensError } from '../../src/errors.ts';
import { selectPictures } from '../../src/images/skipBroken.ts';
import {
  type BlockOnConcepts,
  type DiscoveredConcepts,
  discoverConcepts,
} from '../../src/lens/conceptDiscovery.ts';
import type { Form } from '../../src/lens/form.ts';
import { prepareAtoms } from '../../src/lens/sparseCode.ts';
import { dot } from '../../src/lens/vectors.ts';
import {
  atomsOf,
  type BlockStudy,
  codeOf,
  describeBlock,
  significantOn,
  studyBlocks,
} from '../../src/studies/blockStudy.ts';
import { blockJob, type Context, command, jobOf } from '../command.ts';
import { readBytes } from '../folder.ts';
import { chooseBlocks, type Model, openModelOf } from '../model.ts';
import { readNpy } from '../npy.ts';
import * as option from '../options.ts';
import { openFolder, type Pictures } from '../pictures.ts';
import { openPool, type Pool } from '../pool.ts';
import { software } from '../software.ts';
import { openCheckpoint } from './checkpoint.ts';
import { experimentOptions } from './experimentOptions.ts';
import { openLabelled, pictureOptions } from './labelledPictures.ts';
import { checkResultPath, rounded, writeResult } from './results.ts';

const options = {
  ...option.model,
  set: pictureOptions.set,
  images: pictureOptions.images,
  pictures: option.optional(option.counts('pictures of the set to read, from 0 (default the first 8)', 0)),
  of: option.optional(option.text('DIR', 'or a folder of other pictures to read, against the set')),
  layers: option.optional(
    option.layers('blocks whose neurons have a say (default the last before the last)'),
  ),
  texts: option.text('FILE', 'text pool: .npy of embeddings [texts, dim], or .txt with a text a line'),
  terms: option.withDefault(option.count('texts in a description (default 16)'), 16),
  words: option.withDefault(option.count('words listed a picture (default 10)'), 10),
  signs: option.optional(
    option.text(
      'FILE',
      'directions [neurons, dim] of the one block asked for, as .npy: where the sign rule is silent (half of the top images on each side) and the released code keeps what its SVD returned, take their signs. Only the as-released form depends on it',
    ),
  ),
  ...experimentOptions,
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens concepts`: the words that a picture's significant neurons add up to. */
export const concepts = command({
  name: 'concepts',
  summary: 'the words that the significant neurons of pictures add up to, and which neurons say so',
  example:
    'npm run cli -- concepts --model public/models/pictogram-clip --set public/sets/pictograms --texts public/sets/pictograms/words.txt --pictures 0,1900 --out concepts.json',
  options,
  run,
});

/** Pictures to read, and their places in the set where they are of it. */
interface Reading {
  readonly pictures: Pictures;
  readonly places: readonly number[] | undefined;
}

async function run(values: Values, context: Context): Promise<void> {
  const { signal, progress } = context;
  const { form } = values;
  await checkResultPath(values.out, values.force);
  const model = await openModelOf(values, progress);
  const every = chooseBlocks('all', model.vision);
  const blocks = values.layers === undefined ? every.slice(-1) : chooseBlocks(values.layers, model.vision);
  const pool = await openPool(values.texts, model);
  if (values.terms > pool.count)
    throw new LensError(
      'bad-request',
      `--terms ${values.terms} asks for more texts than the ${pool.count} there are.`,
    );
  const { pictures } = await openLabelled(
    { ...values, classifier: undefined, labels: undefined },
    model,
    context,
  );
  const reading = await openReading(values, pictures, context);
  const about = aboutRun(values, model, pictures, reading, pool, blocks);
  const checkpoint = await openCheckpoint(values.out, about, values.resume, context);
  const engine = await model.openEngine(values.threads);
  try {
    const pixels = model.pixels(pictures.source);
    const studies = await studyBlocks(engine, pixels, blocks, values.top, checkpoint, jobOf(context));
    if (values.signs !== undefined) await takeSigns(values.signs, studies);
    const embeddings = await pool.embed(engine, { signal, onProgress: progress.report });
    const atoms = prepareAtoms(embeddings, engine.config.dim, atomsOf(form));
    const read: BlockOnConcepts[][] = Array.from({ length: reading.pictures.source.count }, () => []);
    for (const study of studies) {
      const codes = await describeBlock(engine, study, atoms, values.terms, checkpoint, jobOf(context));
      const said = Array.from({ length: study.neurons }, (_, n) => codeOf(codes, n));
      const measured = await measure(engine, model, reading, study, context);
      measured.forEach((block, i) => {
        read[i]!.push({ ...block, codes: said });
      });
    }
    const { words } = pool;
    const lists = read.map((onBlocks, i) =>
      listOf(reading, i, discoverConcepts(onBlocks, values.words, form), words),
    );
    await writeResult(
      values.out,
      { ...about, backend: engine.backend, pictures: lists },
      lists.flatMap((list) => rowsOf(list, form)),
    );
    await checkpoint.remove();
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}

/** Turns the directions of a study to the side of those in a file. */
async function takeSigns(path: string, studies: readonly BlockStudy[]): Promise<void> {
  const [study] = studies;
  const { data } = readNpy(await readBytes(path), basename(path));
  if (!study || studies.length > 1 || data.length !== study.directions.length) {
    throw new LensError('bad-request', '--signs takes directions of the one block that --layers names.');
  }
  const { directions, neurons } = study;
  const dim = directions.length / neurons;
  for (let at = 0; at < directions.length; at += dim) {
    if (dot(directions, data, dim, at, at) >= 0) continue;
    for (let d = 0; d < dim; d++) directions[at + d]! *= -1;
  }
}

async function openReading(values: Values, set: Pictures, context: Context): Promise<Reading> {
  if (values.of !== undefined) {
    if (values.pictures !== undefined)
      throw new LensError('bad-request', 'Give the pictures to read as either --pictures or --of.');
    return { pictures: await openFolder(values.of, 1, context), places: undefined };
  }
  const { count } = set.source;
  const places = values.pictures ?? Array.from({ length: Math.min(8, count) }, (_, i) => i);
  const missing = places.find((place) => place >= count);
  if (missing !== undefined)
    throw new LensError('bad-request', `There is no picture ${missing}: the set has ${count}.`);
  return { pictures: { ...set, source: selectPictures(set.source, places) }, places };
}

/** Norms and activations of a block's neurons on every picture that is read. */
async function measure(
  engine: Engine,
  model: Model,
  { pictures, places }: Reading,
  study: BlockStudy,
  context: Context,
): Promise<Omit<BlockOnConcepts, 'codes'>[]> {
  const { block, neurons, thresholds } = study;
  const pixels = model.pixels(pictures.source);
  const { norms, activations } = await engine.project(pixels, block, study, blockJob(context, block));
  return Array.from({ length: pictures.source.count }, (_, i) => {
    const row = (values: Float32Array) => values.subarray(i * neurons, (i + 1) * neurons);
    const place = places?.[i];
    return {
      block,
      norms: row(norms),
      activations: row(activations),
      thresholds: place === undefined ? thresholds : thresholdsOn(study, place),
    };
  });
}

/** For a picture of the set, whose norm may be a threshold: bounds that say what the analysis found, rounding or not. */
const thresholdsOn = (study: BlockStudy, place: number): Float32Array =>
  Float32Array.from(significantOn(study, place), (significant) =>
    significant ? -1 : Number.POSITIVE_INFINITY,
  );

interface ListedPicture {
  readonly name: string;
  readonly picture: number;
  readonly neurons: readonly { block: number; neuron: number }[];
  readonly words: readonly {
    readonly text: number;
    readonly word: string | undefined;
    readonly score: number;
    readonly neurons: readonly { block: number; neuron: number; part: number }[];
  }[];
}

/** Neurons listed with a word. */
const LISTED = 10;

const listOf = (
  { pictures, places }: Reading,
  i: number,
  { neurons, words }: DiscoveredConcepts,
  texts: readonly string[] | undefined,
): ListedPicture => ({
  name: pictures.source.name(i),
  picture: places?.[i] ?? i,
  neurons,
  words: words.map(({ text, score, votes }) => ({
    text,
    word: texts?.[text],
    score,
    neurons: votes.slice(0, LISTED),
  })),
});

const rowsOf = ({ name, words }: ListedPicture, form: Form) =>
  words.map(({ text, word, score, neurons }, rank) => ({
    picture: name,
    rank: rank + 1,
    word: word ?? `text ${text}`,
    score: rounded(score, 6),
    neurons: neurons.map(({ block, neuron }) => `${block}.${neuron}`).join(' '),
    form,
  }));

function aboutRun(
  { form, top, terms, words, signs }: Values,
  model: Model,
  set: Pictures,
  { pictures, places }: Reading,
  pool: Pool,
  blocks: readonly number[],
): object {
  return {
    software,
    command: 'concepts',
    form,
    parameters: {
      layers: blocks,
      top,
      topFraction: top / set.source.count,
      terms,
      atoms: atomsOf(form),
      words,
      signs,
    },
    model: { name: model.name, hash: model.hash },
    images: { name: set.name, hash: set.hash, count: set.source.count, skipped: set.skipped },
    read: places ?? { name: pictures.name, hash: pictures.hash },
    texts: { file: basename(pool.path), hash: pool.hash, count: pool.count },
  };
}
