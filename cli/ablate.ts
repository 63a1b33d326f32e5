import { basename, resolve } from 'node:path';
import { changeOf, mergeRows, sharedSweeps, type TableRow } from '../src/engine/ablationTable.ts';
import type { Engine } from '../src/engine/engine.ts';
import { LensError } from '../src/errors.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import type { Form } from '../src/lens/form.ts';
import { prepareAtoms } from '../src/lens/sparseCode.ts';
import { accuracyOf } from '../src/lens/tally.ts';
import type { ClassEmbeddings } from '../src/lens/zeroShot.ts';
import {
  atomsOf,
  type BlockStudy,
  describeBlock,
  reconstructions,
  significantOn,
  studyBlocks,
} from './blockStudy.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { type Context, command } from './command.ts';
import { formOption } from './form.ts';
import { type LabelledPictures, openLabelled, type Part, pictureOptions } from './labelledPictures.ts';
import { chooseBlocks, type Model, openModelOf } from './model.ts';
import * as option from './options.ts';
import { openPool, type Pool } from './pool.ts';
import { checkResultPath, resultOptions, rounded, writeResult } from './results.ts';
import { software } from './software.ts';

const options = {
  ...option.model,
  ...pictureOptions,
  layers: option.withDefault(option.layers('blocks to ablate (default all but the last)'), 'all' as const),
  texts: option.optional(option.text('FILE', 'text pool: .npy of embeddings [texts, dim], or .txt')),
  terms: option.withDefault(option.counts('texts in a description', 1), [4, 8, 16, 32, 64, 128]),
  form: formOption,
  top: option.withDefault(option.count("k: a neuron's strongest images (default 100)"), 100),
  seeds: option.withDefault(option.counts('of the random pushes (default 0,1,2)', 0), [0, 1, 2]),
  ...resultOptions,
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens ablate`: zero-shot accuracy with second-order effects replaced by their means. */
export const ablate = command({
  name: 'ablate',
  summary: 'accuracy without second-order effects of blocks, and with them put in words',
  example:
    'npm run cli -- ablate --model public/models/pictogram-clip --set public/sets/pictograms --texts public/sets/pictograms/words.txt --out ablations.json',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const { signal, progress } = context;
  const job = { signal, onProgress: progress.report };
  await checkResultPath(values.out, values.force);
  const model = await openModelOf(values, progress);
  const blocks = chooseBlocks(values.layers, model.vision);
  const pool = values.texts === undefined ? undefined : await openPool(values.texts, model);
  const longest = Math.max(...values.terms);
  if (pool && longest > pool.count)
    throw new LensError(
      'bad-request',
      `--terms ${longest} asks for more texts than the ${pool.count} there are.`,
    );
  const labelled = await openLabelled(values, model, context);
  if (values.images !== undefined && (values.classifier === undefined || values.labels === undefined))
    throw new LensError('bad-request', 'Pictures of a folder need --classifier and --labels.');
  const about = aboutRun(values, model, labelled, pool, blocks);
  const checkpoint = await openCheckpoint(values.out, about, values.resume, context);
  const engine = await model.openEngine(values.threads);
  try {
    const classes = await labelled.classes(engine, job);
    const pixels = model.pixels(labelled.pictures.source);
    const studies = await studyBlocks(engine, pixels, blocks, values.top, checkpoint, context);
    const task: Task = { values, context, model, labelled, engine, classes, checkpoint };
    const embeddings = await pool?.embed(engine, job);
    const tables: { part: Part; rows: TableRow[] }[] = labelled.parts.map((part) => ({ part, rows: [] }));
    for (const group of sharedSweeps(studies, { ...model.vision })) {
      const rebuilds = embeddings ? await rebuildsOf(task, group, embeddings, pool!) : new Map();
      for (const table of tables) table.rows.push(...(await sweep(task, table.part, group, rebuilds)));
    }
    const parts = tables.map(({ part, rows }) => ({
      name: part.name,
      images: part.images.length,
      rows: rows.map(figures),
    }));
    const flat = parts.flatMap(({ name, rows }) =>
      rows.map((row) => ({ part: name, ...row, form: values.form })),
    );
    await writeResult(values.out, { ...about, backend: engine.backend, parts }, flat);
    await checkpoint.remove();
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}

interface Task {
  readonly values: Values;
  readonly context: Context;
  readonly model: Model;
  readonly labelled: LabelledPictures;
  readonly engine: Engine;
  readonly classes: ClassEmbeddings;
  readonly checkpoint: Checkpoint;
}

type Rebuilds = ReadonlyMap<
  number,
  readonly { terms: number; pool: string; form: Form; reconstructions: Float32Array }[]
>;

/** r̂ of every block and length of code. */
async function rebuildsOf(
  task: Task,
  group: readonly BlockStudy[],
  embeddings: Float32Array,
  pool: Pool,
): Promise<Rebuilds> {
  const { values, engine, checkpoint, context } = task;
  const { form } = values;
  const atoms = prepareAtoms(embeddings, engine.config.dim, atomsOf(form));
  const rebuilds = new Map();
  for (const study of group) {
    const list = [];
    for (const terms of values.terms) {
      const codes = await describeBlock(engine, study, atoms, terms, checkpoint, context);
      list.push({ terms, pool: basename(pool.path), form, reconstructions: reconstructions(codes, atoms) });
    }
    rebuilds.set(study.block, list);
  }
  return rebuilds;
}

/** Seconds of work that a kill may cost. */
const KEEP_EVERY_MS = 5000;

/** The table of some blocks on one part of the set; kept as far as it is. */
async function sweep(
  task: Task,
  part: Part,
  group: readonly BlockStudy[],
  rebuilds: Rebuilds,
): Promise<TableRow[]> {
  const { values, context, model, labelled, engine, classes, checkpoint } = task;
  const name = `table of ${part.name} in blocks ${group.map(({ block }) => block).join(' ')}`;
  const kept = await checkpoint.get(name);
  let { done, rows } = kept
    ? (JSON.parse(Buffer.from(kept).toString()) as { done: number; rows: TableRow[] })
    : { done: 0, rows: [] };
  const request = {
    blocks: group.map((study) => ({
      block: study.block,
      means: study.means,
      directions: study.directions,
      significant: (i: number) => significantOn(study, part.images[i]!),
      rebuilds: rebuilds.get(study.block) ?? [],
    })),
    classes,
    labels: part.images.map((i) => labelled.labels[i]!),
    seeds: values.seeds,
    from: done,
  };
  const pixels = model.pixels(selectPictures(labelled.pictures.source, part.images));
  const job = {
    signal: context.signal,
    onProgress: (p: { stage: string; done: number; total: number }) =>
      context.progress.report({ ...p, stage: `${part.name}: ${p.stage}` }),
  };
  let last = Date.now();
  for await (const step of engine.ablations(pixels, request, job)) {
    done = step.done;
    rows = mergeRows(rows, step.rows);
    if (Date.now() - last < KEEP_EVERY_MS) continue;
    last = Date.now();
    await checkpoint.put(name, JSON.stringify({ done, rows }));
  }
  await checkpoint.put(name, JSON.stringify({ done, rows }));
  return rows;
}

/** A row in percent, with standard errors; the change is over the same images, so its error is smaller. */
function figures(row: TableRow) {
  const { tally, lost, gained, ...condition } = row;
  const { percent, standardError, correct, total } = accuracyOf(tally);
  const change = changeOf(row);
  return {
    ...condition,
    correct,
    total,
    percent: rounded(percent, 4),
    standardError: rounded(standardError),
    change: rounded(change.points),
    changeStandardError: rounded(change.standardError),
    lost,
    gained,
  };
}

/** Everything that determines the numbers, as the result says it. */
function aboutRun(
  values: Values,
  model: Model,
  { pictures }: LabelledPictures,
  pool: Pool | undefined,
  blocks: readonly number[],
): object {
  const { form, terms, top, seeds } = values;
  return {
    software,
    command: 'ablate',
    form,
    parameters: {
      layers: blocks,
      top,
      topFraction: top / pictures.source.count,
      seeds,
      ...(pool && { terms, atoms: atomsOf(form) }),
    },
    model: { name: model.name, hash: model.hash },
    images: {
      name: pictures.name,
      hash: pictures.hash,
      count: pictures.source.count,
      skipped: pictures.skipped,
    },
    ...(pool && { texts: { file: basename(pool.path), hash: pool.hash, count: pool.count } }),
  };
}
