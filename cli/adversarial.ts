import { basename, join, resolve } from 'node:path';
import type { Engine } from '../src/engine/engine.ts';
import { LensError } from '../src/errors.ts';
import type { PictureSource } from '../src/images/picture.ts';
import type { SetIndex } from '../src/images/setIndex.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import { representation } from '../src/lens/ablation.ts';
import { type AdversarialScene, adversarialScene, conceptsNamed } from '../src/lens/adversarialScene.ts';
import {
  type AdversarialWords,
  adversarialWords,
  classDirection,
  type DescribedBlock,
  randomWords,
  similarWords,
} from '../src/lens/adversarialWords.ts';
import { addMoments, EMPTY_MOMENTS, type Moments, momentsOf, spreadOf } from '../src/lens/moments.ts';
import { randomChoice } from '../src/lens/randomChoice.ts';
import { type Atoms, prepareAtoms } from '../src/lens/sparseCode.ts';
import { type Kinship, kinshipOf, type NamedConcept } from '../src/lens/wordKinship.ts';
import { type ClassEmbeddings, classScores, predictedClass } from '../src/lens/zeroShot.ts';
import { atomsOf, codeOf, describeBlock, studyBlocks } from '../src/studies/blockStudy.ts';
import { indirectDirections } from '../src/studies/indirect.ts';
import { openCheckpoint } from './checkpoint.ts';
import { blockJob, type Context, command } from './command.ts';
import { composedSource, type Drawings, openDrawings } from './composedPictures.ts';
import { experimentOptions } from './experimentOptions.ts';
import { parseJson, readBytes } from './folder.ts';
import { openLabelled } from './labelledPictures.ts';
import { chooseBlocks, type Model, openModelOf } from './model.ts';
import * as option from './options.ts';
import { openPool } from './pool.ts';
import { checkResultPath, type Row, rounded, writeResult } from './results.ts';
import { software } from './software.ts';

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

/** Some neurons of the blocks as their indirect effects on some pictures describe them. */
async function describeIndirect(
  { values, context, model, engine }: { values: Values; context: Context; model: Model; engine: Engine },
  source: PictureSource,
  blocks: readonly number[],
  atoms: Atoms,
): Promise<DescribedBlock[]> {
  const { 'indirect-neurons': neurons, 'indirect-pictures': pictures, 'pairs-seed': seed, terms } = values;
  if (neurons === 0) return [];
  const few = Array.from(randomChoice(Math.min(pictures, source.count), source.count, seed));
  const described: DescribedBlock[] = [];
  const all = model.vision.neurons;
  const { signal, progress } = context;
  const set = model.pixels(source);
  const sweep = { signal, onProgress: progress.report };
  const means = await engine.meanActivations(set, blocks, sweep);
  for (const [i, block] of blocks.entries()) {
    const job = blockJob(context, block);
    const drawn = Array.from(randomChoice(Math.min(neurons, all), all, seed + block));
    const pixels = model.pixels(selectPictures(source, few));
    const directions = await indirectDirections(
      engine,
      pixels,
      { block, neurons: drawn, means: means[i]! },
      values.top,
      job,
    );
    const codes = await engine.sparseCodes(directions, atoms, { terms, atoms: atoms.form }, job);
    described.push({ block, directions, codes: drawn.map((_, i) => codeOf(codes, i)) });
  }
  return described;
}

/**
 * Where words come from. Second-order and indirect-effect words are told target and depicted class, and so are the words
 * nearest to the difference of the two: what the text tower knows by itself. Similar words are nearest to the target.
 */
const WAYS = [
  'second-order words',
  'indirect-effect words',
  'words along the difference',
  'similar words',
  'random words',
  'depicted alone',
] as const;
type Way = (typeof WAYS)[number];

const waysOf = ({ 'indirect-neurons': neurons }: Values): readonly Way[] =>
  WAYS.filter((way) => neurons > 0 || way !== 'indirect-effect words');

interface Pair {
  readonly target: number;
  readonly depicted: number;
}

async function run(values: Values, context: Context): Promise<void> {
  const { signal, progress } = context;
  const job = { signal, onProgress: progress.report };
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
  const concepts = await namedConcepts(index, values.names);
  const drawings = openDrawings(values.set, index, source);
  const pairs = choosePairs(values, concepts, drawings);
  const about = aboutRun(values, model, labelled.pictures.hash, pool.hash, blocks);
  const checkpoint = await openCheckpoint(values.out, about, values.resume, context);
  const engine = await model.openEngine(values.threads);
  try {
    const classes = await labelled.classes(engine, job);
    const studies = await studyBlocks(engine, model.pixels(source), blocks, values.top, checkpoint, job);
    const embeddings = await pool.embed(engine, job);
    const atoms = prepareAtoms(embeddings, engine.config.dim, atomsOf(values.form));
    const described: DescribedBlock[] = [];
    for (const study of studies) {
      const codes = await describeBlock(engine, study, atoms, values.terms, checkpoint, job);
      const { block, directions, neurons } = study;
      described.push({
        block,
        directions,
        codes: Array.from({ length: neurons }, (_, n) => codeOf(codes, n)),
      });
    }
    const indirect = await describeIndirect({ values, context, model, engine }, source, blocks, atoms);
    const task: Task = {
      values,
      context,
      model,
      engine,
      index,
      concepts,
      drawings,
      classes,
      described,
      indirect,
      embeddings,
      words: pool.words,
    };
    const results: PairResult[] = [];
    for (const [i, pair] of pairs.entries()) {
      const name = `pair ${i}`;
      const kept = await checkpoint.get(name);
      const result = kept
        ? (JSON.parse(Buffer.from(kept).toString()) as PairResult)
        : await tryPair(task, pair);
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

interface Task {
  readonly values: Values;
  readonly context: Context;
  readonly model: Model;
  readonly engine: Engine;
  readonly index: SetIndex;
  readonly concepts: readonly NamedConcept[];
  readonly drawings: Drawings;
  readonly classes: ClassEmbeddings;
  readonly described: readonly DescribedBlock[];
  /** Some neurons, described by their indirect effects. */
  readonly indirect: readonly DescribedBlock[];
  /** [P, D] of the pool, and its words. */
  readonly embeddings: Float32Array;
  readonly words: readonly string[];
}

interface TrialResult {
  readonly way: Way;
  /** The concepts that were drawn, best first. */
  readonly drawn: readonly string[];
  readonly seed: number;
  readonly pictures: number;
  /** Pictures that the model takes for the target rather than for the depicted class. */
  readonly successes: number;
  /** Pictures whose best of all classes is the target. */
  readonly best: number;
  /** Score of the target less that of the depicted class. */
  readonly margin: Moments;
}

interface PairResult {
  readonly target: string;
  readonly depicted: string;
  /** To paste into a text-to-image tool. */
  readonly prompt: string;
  readonly words: readonly {
    word: string;
    score: number;
    neurons: readonly { block: number; neuron: number; part: number }[];
  }[];
  readonly trials: readonly TrialResult[];
}

/** Neurons listed with a word, and words in a prompt. */
const LISTED = 10;
const IN_PROMPT = 5;

async function tryPair(task: Task, pair: Pair): Promise<PairResult> {
  const { values, concepts, classes, words, index } = task;
  const { target, depicted } = pair;
  const [targetName, depictedName] = [concepts[target]!.label, concepts[depicted]!.label];
  const kin = kinshipOf(targetName, concepts);
  const vectorOf = (c: number) => classes.vectors.subarray(c * classes.dim, (c + 1) * classes.dim);
  const direction = classDirection(vectorOf(target), vectorOf(depicted));
  const keep = (text: number) => !kin.names(words[text]!);
  const wordsOf = (blocks: readonly DescribedBlock[]) =>
    adversarialWords(blocks, direction, { ...values, keep });
  const found = wordsOf(task.described);
  const named = (texts: ArrayLike<number>) => Array.from(texts, (text) => words[text]!);
  const namedOf = ({ words: list }: AdversarialWords) => named(list.map(({ text }) => text));
  const nearest = (vector: ArrayLike<number>) => similarWords(task.embeddings, vector, words.length, keep);
  const ranked: Record<Way, (seed: number) => readonly string[]> = {
    'second-order words': () => namedOf(found),
    'indirect-effect words': () => namedOf(wordsOf(task.indirect)),
    'words along the difference': () => named(nearest(direction)),
    'similar words': () => named(nearest(vectorOf(target))),
    'random words': (seed) =>
      named(randomWords(words.length, words.length, pictureSeed(seed, target, depicted), keep)),
    'depicted alone': () => [],
  };
  const trials: TrialResult[] = [];
  for (const seed of values.seeds) {
    for (const way of waysOf(values))
      trials.push(await tryWay(task, pair, kin, { way, seed, ranked: ranked[way](seed) }));
  }
  const one = index.concepts[depicted]!.one ?? depictedName;
  const best = found.words.slice(0, IN_PROMPT).map(({ text }) => words[text]!);
  return {
    target: targetName,
    depicted: depictedName,
    prompt: `A picture of ${one}, with ${best.join(', ')}.`,
    words: found.words.map(({ text, score, votes }) => ({
      word: words[text]!,
      score,
      neurons: votes.slice(0, LISTED),
    })),
    trials,
  };
}

async function tryWay(
  task: Task,
  { target, depicted }: Pair,
  kin: Kinship,
  { way, seed, ranked }: { way: Way; seed: number; ranked: readonly string[] },
): Promise<TrialResult> {
  const { values, concepts, drawings, classes, index, model, engine, context } = task;
  const among = { kin, depicted, drawable: drawings.has };
  const drawn = conceptsNamed(ranked, concepts, among).slice(0, values.drawn);
  const scenes = Array.from(
    { length: values.pictures },
    (_, i): AdversarialScene =>
      adversarialScene(
        depicted,
        drawn,
        values.together,
        concepts,
        kin,
        pictureSeed(seed, target, depicted, i),
      ),
  );
  const pixels = model.pixels(composedSource(scenes, index.sceneSize, drawings));
  const rows = await engine.embedImages(pixels, { signal: context.signal });
  const { dim } = classes;
  let [successes, best, margin] = [0, 0, EMPTY_MOMENTS];
  for (let i = 0; i < scenes.length; i++) {
    const scores = classScores(representation(rows.subarray(i * dim, (i + 1) * dim)), classes);
    const gap = scores[target]! - scores[depicted]!;
    if (gap > 0) successes++;
    if (predictedClass(scores) === target) best++;
    margin = addMoments(margin, momentsOf([gap]));
  }
  const { label: seen } = concepts[target]!;
  context.progress.note(
    `${seen} for ${concepts[depicted]!.label}, ${way}, seed ${seed}: ${successes} of ${scenes.length}`,
  );
  return {
    way,
    drawn: drawn.map((c) => concepts[c]!.label),
    seed,
    pictures: scenes.length,
    successes,
    best,
    margin,
  };
}

const pictureSeed = (...parts: readonly number[]): number =>
  parts.reduce((hash, part) => Math.imul(hash ^ (part + 1), 0x9e3779b1) >>> 0, 0x811c9dc5);

/** The concepts of a set with their families, and synonyms where a file has them. */
async function namedConcepts(index: SetIndex, names: string | undefined): Promise<NamedConcept[]> {
  const listed = names === undefined ? [] : parseJson(await readBytes(names), names);
  if (!Array.isArray(listed)) throw new LensError('bad-file', `${names} is no list of concepts.`);
  const synonyms = new Map<string, string[]>();
  for (const entry of listed as { label?: unknown; keywords?: unknown }[]) {
    if (
      typeof entry?.label !== 'string' ||
      !Array.isArray(entry.keywords) ||
      !entry.keywords.every((k) => typeof k === 'string')
    )
      throw new LensError('bad-file', `${names} has an entry without label and keywords.`);
    synonyms.set(entry.label, entry.keywords as string[]);
  }
  return index.concepts.map(({ label, subgroup }) => ({
    label,
    family: subgroup,
    synonyms: synonyms.get(label) ?? [],
  }));
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
    if (!drawings.has(pair.depicted))
      throw new LensError('bad-request', `The set has no drawing of "${depicted}".`);
    if (kinshipOf(target, concepts).has(concepts[pair.depicted]!))
      throw new LensError(
        'bad-request',
        `"${depicted}" is too like "${target}": a picture of it would prove nothing.`,
      );
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
