import { basename, resolve } from 'node:path';
import type { Engine } from '../src/engine/engine.ts';
import { LensError } from '../src/errors.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import type { BlockAnalysis } from '../src/lens/analysis.ts';
import type { AtomForm } from '../src/lens/sparseCode.ts';
import { blockJob, type Context, command } from './command.ts';
import { chooseBlocks, type Model, openModelOf } from './model.ts';
import { writeNpy } from './npy.ts';
import * as option from './options.ts';
import { checkOutput, type Output, openOutput } from './output.ts';
import { openFolder, type Pictures } from './pictures.ts';
import { openPool, type Pool } from './pool.ts';
import { software } from './software.ts';
import { sparseCodes } from './sparseCodes.ts';

const options = {
  ...option.model,
  images: option.text('DIR', 'folder of pictures, taken in file-name order'),
  layers: option.withDefault(option.layers('blocks to analyse (default all but the last)'), 'all' as const),
  texts: option.optional(
    option.text(
      'FILE',
      'text pool: .npy of embeddings [texts, dim], or .txt with a text a line (needs a text tower)',
    ),
  ),
  terms: option.withDefault(option.counts('texts in a description (default 4,16)', 1), [4, 16]),
  atoms: option.withDefault(
    option.choice<AtomForm>(
      { 'as-released': 'as-released', unit: 'unit-atoms' },
      "scaling of the text pool: the released code's, or unit length (default as-released)",
    ),
    'as-released',
  ),
  top: option.withDefault(option.count("k: a neuron's strongest images (default 100)"), 100),
  effects: option.withDefault(option.count('images whose effects are written in full (default 8)', 0), 8),
  activations: option.flag('write the signed activations of all images, too: [images, neurons]'),
  threads: option.optional(option.count('CPU threads (default: one a core)')),
  out: option.text('DIR', 'folder for the results; written complete or not at all'),
  force: option.flag('replace an earlier result of neuronlens in that folder'),
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens analyze`: second-order effects of whole blocks as NumPy arrays and a summary.json. */
export const analyze = command({
  name: 'analyze',
  summary: 'second-order effects of every neuron of the chosen blocks, as .npy files',
  example:
    'npm run cli -- analyze --model vit-b-32 --images pictures --layers 8,9,10 --texts words.txt --out results',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const { signal, progress } = context;
  const inputs = [values.model, values.images, ...(values.texts === undefined ? [] : [values.texts])];
  await checkOutput(values.out, values.force, inputs);
  const model = await openModelOf(values, progress);
  const blocks = chooseBlocks(values.layers, model.vision);
  const pool = values.texts === undefined ? undefined : await openPool(values.texts, model);
  if (pool) checkTerms(values.terms, pool);
  const pictures = await openFolder(values.images, values.top, context);

  const engine = await model.openEngine(values.threads);
  const output = await openOutput(values.out);
  context.onKill(output.discard);
  try {
    const embeddings = await pool?.embed(engine, { signal, onProgress: progress.report });
    const task: Task = { values, context, model, pictures, engine, output, embeddings };
    const layers: LayerSummary[] = [];
    const options = { topK: values.top, listed: 1 };
    const job = { signal, onProgress: progress.report };
    for await (const analysis of engine.analyseBlocks(model.pixels(pictures.source), blocks, options, job)) {
      layers.push(await writeLayer(task, analysis, layers.length === 0));
    }
    await output.write('summary.json', `${JSON.stringify(summaryOf(task, pool, layers), null, 1)}\n`);
    await output.commit();
    progress.note(`Wrote ${resolve(values.out)}`);
  } catch (error) {
    output.discard();
    throw error;
  } finally {
    await engine.dispose();
  }
}

/** Everything the layers of one run share. */
interface Task {
  readonly values: Values;
  readonly context: Context;
  readonly model: Model;
  readonly pictures: Pictures;
  readonly engine: Engine;
  readonly output: Output;
  /** [P, D] of the text pool. */
  readonly embeddings: Float32Array | undefined;
}

interface LayerSummary {
  readonly block: number;
  readonly neurons: number;
  readonly meanVarianceShare: number;
  /** Mean R² of the descriptions, by number of terms. */
  readonly meanR2: Readonly<Record<string, number>>;
}

/** Writes the arrays of a block, named and shaped as in the reference folder's README. */
async function writeLayer(task: Task, analysis: BlockAnalysis, first: boolean): Promise<LayerSummary> {
  const { model, pictures, engine, output } = task;
  const { images, neurons, dim } = analysis;
  const { block } = analysis.options;
  const write = (name: string, shape: number[], data: Float32Array) =>
    output.write(`layer${block}_${name}.npy`, writeNpy(shape, data));

  if (first) await output.write('image_embeddings.npy', writeNpy([images, dim], analysis.embeddings));
  const few = fewImages(task);
  if (few.length > 0) {
    const fewPixels = model.pixels(selectPictures(pictures.source, few));
    const effects = await engine.effects(fewPixels, block, blockJob(task.context, block));
    await write(`effects_first${few.length}`, [few.length, neurons, dim], effects);
  }
  await write('mean', [neurons, dim], analysis.means);
  await write('norms', [images, neurons], analysis.norms);
  if (task.values.activations) await write('activations', [images, neurons], analysis.activations);
  await write('threshold', [neurons], analysis.thresholds);
  await write('pc', [neurons, dim], analysis.directions);
  await write('pc_variance_share', [neurons], analysis.varianceShares);
  const meanR2 = task.embeddings ? await writeCodes(task, task.embeddings, analysis) : {};
  return { block, neurons, meanVarianceShare: mean(analysis.varianceShares), meanR2 };
}

/** Sparse text codes of a block's directions, one file a number of terms. Gives the mean R² of each. */
async function writeCodes(
  task: Task,
  embeddings: Float32Array,
  { options, directions, neurons, dim }: BlockAnalysis,
) {
  const { values, output } = task;
  const { block } = options;
  const meanR2: Record<string, number> = {};
  const job = blockJob(task.context, block);
  const codes = await sparseCodes({ directions, pool: embeddings, dim }, values.terms, values.atoms, job);
  for (const { terms, coefficients, r2 } of codes) {
    const file = writeNpy([neurons, embeddings.length / dim], coefficients);
    await output.write(`layer${block}_omp${terms}_coefficients.npy`, file);
    meanR2[terms] = mean(r2);
  }
  return meanR2;
}

/** The first images of the set, whose effects are written in full. */
const fewImages = ({ values, pictures }: Task): number[] =>
  Array.from({ length: Math.min(values.effects, pictures.source.count) }, (_, i) => i);

/** Everything needed to say what the numbers are, and to make them again. */
function summaryOf(task: Task, pool: Pool | undefined, layers: readonly LayerSummary[]): object {
  const { values, model, pictures, engine } = task;
  const count = pictures.source.count;
  return {
    software,
    command: 'analyze',
    parameters: {
      layers: layers.map(({ block }) => block),
      top: values.top,
      topFraction: values.top / count,
      effects: fewImages(task).length,
      ...(pool && { terms: values.terms, atoms: values.atoms }),
    },
    model: {
      name: model.name,
      folder: resolve(values.model),
      hash: model.hash,
      config: model.weights.config,
    },
    images: {
      folder: resolve(values.images),
      hash: pictures.hash,
      count,
      skipped: pictures.skipped.map(({ name, reason }) => ({ name, reason })),
    },
    ...(pool && { texts: { file: resolve(pool.path), hash: pool.hash, count: pool.count } }),
    backend: engine.backend,
    layers,
  };
}

function checkTerms(terms: readonly number[], pool: Pool): void {
  const most = Math.max(...terms);
  if (most > pool.count) {
    const file = basename(pool.path);
    throw new LensError(
      'bad-request',
      `--terms ${most} asks for more texts than the ${pool.count} of ${file}.`,
    );
  }
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
