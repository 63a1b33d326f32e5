import { basename, join, resolve } from 'node:path';
import { LensError } from '../../src/errors.ts';
import { sheetSource } from '../../src/images/sheets.ts';
import { momentsOf, spreadOf } from '../../src/lens/moments.ts';
import { randomChoice } from '../../src/lens/randomChoice.ts';
import { prepareAtoms } from '../../src/lens/sparseCode.ts';
import { kinshipOf, type NamedConcept } from '../../src/lens/wordKinship.ts';
import {
  checkPair,
  describeAll,
  describeIndirect,
  namedConcepts,
  type Pair,
  type PairResult,
  type TrialResult,
  type TrialSetup,
  tryPair,
  WAYS,
  type Way,
} from '../../src/studies/adversarial.ts';
import { atomsOf, studyBlocks } from '../../src/studies/blockStudy.ts';
import { keptJson } from '../../src/studies/checkpoint.ts';
import { type Drawings, openDrawings } from '../../src/studies/composedPictures.ts';
import { type Context, command, jobOf } from '../command.ts';
import { decodeBytes } from '../decode.ts';
import { parseJson, readBytes } from '../folder.ts';
import { chooseBlocks, type Model, openModelOf } from '../model.ts';
import * as option from '../options.ts';
import { openPool } from '../pool.ts';
import { software } from '../software.ts';
import { openCheckpoint } from './checkpoint.ts';
import { experimentOptions } from './experimentOptions.ts';
import { imagesOf, openLabelled } from './labelledPictures.ts';
import { checkResultPath, type Row, rounded, writeResult } from './results.ts';

const options = {
  ...option.model,
  set: option.text('DIR', 'a shipped set with masks, of whose drawings test pictures are composed'),
  target: option.optional(
    option.text('CLASS', 'the class that is to be seen and is absent: a concept of the set'),
  ),
  depicted: option.optional(option.text('CLASS', 'the class that is depicted')),
  pairs: option.withDefault(option.count('or so many pairs of classes at random (default 6)'), 6),
  'pairs-seed': option.withDefault(option.count('of the choice of pairs (default 1)', 0), 1),
  names: option.optional(
    option.text('FILE', 'synonyms: JSON list of {label, keywords}, as training/concepts.json'),
  ),
  layers: option.optional(
    option.layers('blocks whose neurons have a say (default the last three before the last)'),
  ),
  texts: option.text('FILE', 'text pool, a text a line'),
  terms: option.withDefault(option.count('texts in a description (default 16)'), 16),
  neurons: option.withDefault(option.count('neurons with a say (default 100)'), 100),
  words: option.withDefault(option.count('words listed (default 50)'), 50),
  drawn: option.withDefault(option.count('of the words that can be drawn, so many are (default 10)'), 10),
  together: option.withDefault(option.count('words in one picture (default 4)'), 4),
  pictures: option.withDefault(option.count('pictures a pair, way and seed (default 100)'), 100),
  seeds: option.withDefault(option.counts('of the pictures (default 0,1,2)', 0), [0, 1, 2]),
  'indirect-neurons': option.withDefault(
    option.count('neurons drawn a block for the words of indirect effects; 0 without them (default 128)', 0),
    128,
  ),
  'indirect-pictures': option.withDefault(option.count('pictures they are run again on (default 40)'), 40),
  ...experimentOptions,
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens adversarial`: words that pull a picture towards an absent class, tried on composed pictures. */
export const adversarial = command({
  name: 'adversarial',
  summary: 'words that make a model see a class that is not there, tried on composed pictures',
  example:
    'npm run cli -- adversarial --model public/models/pictogram-clip --set public/sets/pictograms --texts public/sets/pictograms/words.txt --names training/concepts.json --out adversarial.json',
  options,
  run,
});

const waysOf = ({ 'indirect-neurons': neurons }: Values): readonly Way[] =>
  WAYS.filter((way) => neurons > 0 || way !== 'indirect-effect words');

async function run(values: Values, context: Context): Promise<void> {
  const { progress } = context;
  const job = jobOf(context);
  await checkResultPath(values.out, values.force);
  const model = await openModelOf(values, progress);
  const every = chooseBlocks('all', model.vision);
  const blocks = values.layers === undefined ? every.slice(-3) : chooseBlocks(values.layers, model.vision);
  const pool = await openPool(values.texts, model);
  if (!pool.words)
    throw new LensError(
      'bad-request',
      'Adversarial words need texts, not embeddings: --texts takes a .txt file.',
    );
  const asked = { set: values.set, images: undefined, classifier: undefined, labels: undefined };
  const labelled = await openLabelled(asked, model, context);
  const index = labelled.index!;
  const { source } = labelled.pictures;
  const listed = values.names === undefined ? [] : parseJson(await readBytes(values.names), values.names);
  const concepts = namedConcepts(index, listed, values.names ?? 'names');
  const masks = sheetSource(
    values.set,
    index,
    async (path) => decodeBytes(await readBytes(path), path),
    'masks',
  );
  const drawings = openDrawings(index, source, masks);
  const pairs = choosePairs(values, concepts, drawings);
  const about = aboutRun(values, model, labelled.pictures.hash, pool.hash, blocks);
  const checkpoint = await openCheckpoint(values.out, about, values.resume, context);
  const engine = await model.openEngine(values.threads);
  try {
    const classes = await labelled.classes(engine, job);
    const studies = await studyBlocks(engine, model.pixels(source), blocks, values.top, checkpoint, job);
    const embeddings = await pool.embed(engine, job);
    const atoms = prepareAtoms(embeddings, engine.config.dim, atomsOf(values.form));
    const bench = { engine, checkpoint, job };
    const described = await describeAll(bench, studies, atoms, values.terms, checkpoint);
    const draw = {
      ...{ blocks, terms: values.terms, topK: values.top, seed: values['pairs-seed'] },
      neurons: values['indirect-neurons'],
      pictures: values['indirect-pictures'],
    };
    const indirect = await describeIndirect(bench, imagesOf(labelled, model), draw, atoms);
    const setup: TrialSetup = {
      ...{ index, concepts, drawings, classes, described, indirect, embeddings, words: pool.words },
      options: values,
      pixelsOf: model.pixels,
      onTrial: ({ way, seed, successes, pictures }, soFar) => {
        const { target, depicted } = soFar();
        progress.note(`${target} for ${depicted}, ${way}, seed ${seed}: ${successes} of ${pictures}`);
      },
    };
    const results: PairResult[] = [];
    for (const [i, pair] of pairs.entries()) {
      const name = `pair ${i}`;
      const kept = await keptJson<PairResult>(checkpoint, name);
      const result = kept ?? (await tryPair(bench, setup, pair));
      await checkpoint.put(name, JSON.stringify(result));
      results.push(result);
    }
    const summary = summaryOf(results, waysOf(values));
    await writeResult(
      values.out,
      { ...about, backend: engine.backend, summary, pairs: results },
      rowsOf(results, summary, values),
    );
    await checkpoint.remove();
    progress.note(`Wrote ${resolve(values.out)}`);
  } finally {
    await engine.dispose();
  }
}

/** The pair asked for, or pairs at random: both with drawings, the depicted class no kin of the target. */
function choosePairs(
  { target, depicted, pairs, 'pairs-seed': seed }: Values,
  concepts: readonly NamedConcept[],
  drawings: Drawings,
): Pair[] {
  if ((target === undefined) !== (depicted === undefined))
    throw new LensError('bad-request', '--target and --depicted go together.');
  if (target !== undefined && depicted !== undefined) {
    const find = (name: string): number => {
      const found = concepts.findIndex(({ label }) => label === name);
      if (found < 0) throw new LensError('bad-request', `There is no concept "${name}" in the set.`);
      return found;
    };
    const pair = { target: find(target), depicted: find(depicted) };
    checkPair(pair, { concepts, drawings });
    return [pair];
  }
  const order = randomChoice(concepts.length, concepts.length, seed);
  const drawable = Array.from(order).filter(drawings.has);
  const chosen: Pair[] = [];
  for (let i = 0; i + 1 < drawable.length && chosen.length < pairs; i += 2) {
    const pair = { target: drawable[i]!, depicted: drawable[i + 1]! };
    if (!kinshipOf(concepts[pair.target]!.label, concepts).has(concepts[pair.depicted]!)) chosen.push(pair);
  }
  return chosen;
}

/**
 * What came of each way, in percent and logits: means over pairs, each the mean of its seeds, and, pair by pair, how far
 * it is ahead of words at random and of those that the text tower finds by itself. Errors are those of the mean over pairs.
 */
function summaryOf(results: readonly PairResult[], ways: readonly Way[]) {
  const ofWay = (way: Way) => results.map(({ trials }) => trials.filter((trial) => trial.way === way));
  const ahead = (measure: (trial: TrialResult) => number, way: Way, other: Way) => {
    const others = ofWay(other).map((own) => mean(own.map(measure)));
    return withError(ofWay(way).map((own, pair) => mean(own.map(measure)) - others[pair]!));
  };
  return ways.map((way) => {
    const trials = ofWay(way);
    const seeds = trials[0]?.map((_, s) => mean(trials.map((own) => successRate(own[s]!)))) ?? [];
    return {
      way,
      ...named('success', withError(trials.map((own) => mean(own.map(successRate))))),
      deviationOverSeeds: round(spreadOf(momentsOf(seeds)).deviation),
      ...named('successOverRandom', ahead(successRate, way, 'random words')),
      ...named('successOverDifference', ahead(successRate, way, 'words along the difference')),
      bestOfAllClasses: rounded(mean(trials.flat().map(({ best, pictures }) => (100 * best) / pictures))),
      margin: rounded(mean(trials.flat().map(meanMargin))),
      ...named('marginOverRandom', ahead(meanMargin, way, 'random words')),
      ...named('marginOverDifference', ahead(meanMargin, way, 'words along the difference')),
    };
  });
}

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
const successRate = ({ successes, pictures }: TrialResult): number => (100 * successes) / pictures;
const meanMargin = ({ margin }: TrialResult): number => margin.mean;

const withError = (values: readonly number[]) => {
  const { mean: value, deviation, standardError } = spreadOf(momentsOf(values));
  return { value: rounded(value), deviation: round(deviation), error: round(standardError) };
};

/** Columns of a quantity with its spread over pairs. */
const named = <N extends string>(name: N, { value, deviation, error }: ReturnType<typeof withError>) =>
  ({ [name]: value, [`${name}Deviation`]: deviation, [`${name}StandardError`]: error }) as Record<
    N | `${N}Deviation` | `${N}StandardError`,
    number | undefined
  >;

const round = (value: number | undefined) => (value === undefined ? undefined : rounded(value));

function rowsOf(
  results: readonly PairResult[],
  summary: ReturnType<typeof summaryOf>,
  { form }: Values,
): Row[] {
  const trials = results.flatMap(({ target, depicted, trials }) =>
    trials.map(({ way, seed, pictures, successes, best, margin, drawn }) => {
      const { mean, deviation } = spreadOf(margin);
      return {
        target,
        depicted,
        way,
        seed,
        pictures,
        successes,
        best,
        margin: rounded(mean),
        marginDeviation: round(deviation),
        drawn: drawn.join(' / '),
        form,
      };
    }),
  );
  return [...trials, ...summary.map((row) => ({ target: 'all', depicted: 'all', ...row, form }))];
}

function aboutRun(
  values: Values,
  model: Model,
  set: string,
  texts: string,
  blocks: readonly number[],
): object {
  const { form, top, terms, neurons, words, drawn, together, pictures, seeds, pairs, target, depicted } =
    values;
  return {
    software,
    command: 'adversarial',
    form,
    parameters: {
      layers: blocks,
      top,
      terms,
      atoms: atomsOf(form),
      neurons,
      words,
      drawn,
      together,
      pictures,
      seeds,
      target,
      depicted,
      pairs,
      pairsSeed: values['pairs-seed'],
      indirectNeurons: values['indirect-neurons'],
      indirectPictures: values['indirect-pictures'],
    },
    model: { name: model.name, hash: model.hash },
    images: { hash: set, file: join(values.set, 'set.json') },
    texts: { file: basename(values.texts), hash: texts },
    names: values.names === undefined ? undefined : basename(values.names),
  };
}
