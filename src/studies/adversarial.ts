import type { PixelSource } from '../engine/engine.ts';
import { LensError } from '../errors.ts';
import type { PictureSource } from '../images/picture.ts';
import type { SetIndex } from '../images/setIndex.ts';
import { representation } from '../lens/ablation.ts';
import { type AdversarialScene, adversarialScene, conceptsNamed } from '../lens/adversarialScene.ts';
import {
  type AdversarialWords,
  adversarialWords,
  classDirection,
  type DescribedBlock,
  randomWords,
  similarWords,
} from '../lens/adversarialWords.ts';
import type { Form } from '../lens/form.ts';
import { addMoments, EMPTY_MOMENTS, type Moments, momentsOf } from '../lens/moments.ts';
import { randomChoice } from '../lens/randomChoice.ts';
import type { Atoms } from '../lens/sparseCode.ts';
import { type Kinship, kinshipOf, type NamedConcept } from '../lens/wordKinship.ts';
import { type ClassEmbeddings, classScores, predictedClass } from '../lens/zeroShot.ts';
import { type BlockStudy, blockJob, codeOf, describeBlock } from './blockStudy.ts';
import { type Checkpoint, keptJson } from './checkpoint.ts';
import { composedSource, type Drawings } from './composedPictures.ts';
import { indirectDirections } from './indirect.ts';
import type { LabelledImages } from './labelledImages.ts';
import type { Bench } from './study.ts';

/**
 * Where words come from. Second-order and indirect-effect words are told target and depicted class, and so are the words
 * nearest to the difference of the two: what the text tower knows by itself. Similar words are nearest to the target.
 */
export const WAYS = [
  'second-order words',
  'indirect-effect words',
  'words along the difference',
  'similar words',
  'random words',
  'depicted alone',
] as const;
export type Way = (typeof WAYS)[number];

/** A target class that is to be seen and is absent, and the class that is depicted: indices of concepts. */
export interface Pair {
  readonly target: number;
  readonly depicted: number;
}

export interface TrialOptions {
  readonly form: Form;
  /** Neurons with a say. */
  readonly neurons: number;
  /** Words listed. */
  readonly words: number;
  /** Of the words that can be drawn, so many are. */
  readonly drawn: number;
  /** Words in one picture. */
  readonly together: number;
  /** Pictures a way and seed. */
  readonly pictures: number;
  readonly seeds: readonly number[];
}

export interface TrialSetup {
  readonly options: TrialOptions;
  readonly index: SetIndex;
  /** Of the set, with families and synonyms. */
  readonly concepts: readonly NamedConcept[];
  readonly drawings: Drawings;
  /** Pixels of pictures made here, as the model wants them. */
  readonly pixelsOf: (pictures: PictureSource) => PixelSource;
  readonly classes: ClassEmbeddings;
  readonly described: readonly DescribedBlock[];
  /** Some neurons as their indirect effects describe them; none for no such words. */
  readonly indirect: readonly DescribedBlock[];
  readonly words: readonly string[];
  /** [P, D] of the words. */
  readonly embeddings: Float32Array;
  /** Told of every trial as it is done. */
  readonly onTrial?: (trial: TrialResult, result: () => PairResult) => void;
  /** Told of the pictures of a trial, and by how much each took the target over the depicted class. */
  readonly onScenes?: (
    trial: { way: Way; seed: number },
    scenes: readonly AdversarialScene[],
    margins: readonly number[],
  ) => Promise<void>;
}

const waysOf = ({ indirect }: TrialSetup): readonly Way[] =>
  WAYS.filter((way) => indirect.length > 0 || way !== 'indirect-effect words');

export interface TrialResult {
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

export interface PairResult {
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

/**
 * The words of a pair, and what comes of pictures composed with them and with others; trials that the checkpoint has
 * are not done again.
 * @throws LensError `bad-request` as {@link checkPair}
 */
export async function tryPair(bench: Bench, setup: TrialSetup, pair: Pair): Promise<PairResult> {
  const { options, concepts, classes, words, index, onTrial } = setup;
  checkPair(pair, setup);
  const { target, depicted } = pair;
  const [targetName, depictedName] = [concepts[target]!.label, concepts[depicted]!.label];
  const kin = kinshipOf(targetName, concepts);
  const vectorOf = (c: number) => classes.vectors.subarray(c * classes.dim, (c + 1) * classes.dim);
  const direction = classDirection(vectorOf(target), vectorOf(depicted));
  const keep = (text: number) => !kin.names(words[text]!);
  const wordsOf = (blocks: readonly DescribedBlock[]) =>
    adversarialWords(blocks, direction, { ...options, keep });
  const found = wordsOf(setup.described);
  const named = (texts: ArrayLike<number>) => Array.from(texts, (text) => words[text]!);
  const namedOf = ({ words: list }: AdversarialWords) => named(list.map(({ text }) => text));
  const nearest = (vector: ArrayLike<number>) => similarWords(setup.embeddings, vector, words.length, keep);
  const ranked: Record<Way, (seed: number) => readonly string[]> = {
    'second-order words': () => namedOf(found),
    'indirect-effect words': () => namedOf(wordsOf(setup.indirect)),
    'words along the difference': () => named(nearest(direction)),
    'similar words': () => named(nearest(vectorOf(target))),
    'random words': (seed) =>
      named(randomWords(words.length, words.length, pictureSeed(seed, target, depicted), keep)),
    'depicted alone': () => [],
  };
  const trials: TrialResult[] = [];
  const one = index.concepts[depicted]!.one ?? depictedName;
  const best = found.words.slice(0, IN_PROMPT).map(({ text }) => words[text]!);
  const result = (): PairResult => ({
    target: targetName,
    depicted: depictedName,
    prompt: `A picture of ${one}, with ${best.join(', ')}.`,
    words: found.words.map(({ text, score, votes }) => ({
      word: words[text]!,
      score,
      neurons: votes.slice(0, LISTED),
    })),
    trials: [...trials],
  });
  const all = options.seeds.flatMap((seed) => waysOf(setup).map((way) => ({ way, seed })));
  for (const [done, { way, seed }] of all.entries()) {
    const stage = `${targetName} for ${depictedName}: ${way}`;
    bench.job.onProgress?.({ stage, done, total: all.length });
    const name = `trial ${target} ${depicted} ${way} ${seed}`;
    const kept = await keptJson<TrialResult>(bench.checkpoint, name);
    const trial = kept ?? (await tryWay(bench, setup, pair, kin, { way, seed, ranked: ranked[way](seed) }));
    await bench.checkpoint.put(name, JSON.stringify(trial));
    trials.push(trial);
    onTrial?.(trial, result);
  }
  return result();
}

async function tryWay(
  { engine, job }: Bench,
  setup: TrialSetup,
  { target, depicted }: Pair,
  kin: Kinship,
  { way, seed, ranked }: { way: Way; seed: number; ranked: readonly string[] },
): Promise<TrialResult> {
  const { options, concepts, drawings, classes, index, pixelsOf, onScenes } = setup;
  const among = { kin, depicted, drawable: drawings.has };
  const drawn = conceptsNamed(ranked, concepts, among).slice(0, options.drawn);
  const scenes = Array.from(
    { length: options.pictures },
    (_, i): AdversarialScene =>
      adversarialScene(
        depicted,
        drawn,
        options.together,
        concepts,
        kin,
        pictureSeed(seed, target, depicted, i),
      ),
  );
  const pixels = pixelsOf(composedSource(scenes, index.sceneSize, drawings));
  const rows = await engine.embedImages(pixels, job.signal ? { signal: job.signal } : {});
  const { dim } = classes;
  let [successes, best, margin] = [0, 0, EMPTY_MOMENTS];
  const margins: number[] = [];
  for (let i = 0; i < scenes.length; i++) {
    const scores = classScores(representation(rows.subarray(i * dim, (i + 1) * dim)), classes);
    const gap = scores[target]! - scores[depicted]!;
    if (gap > 0) successes++;
    if (predictedClass(scores) === target) best++;
    margins.push(gap);
    margin = addMoments(margin, momentsOf([gap]));
  }
  await onScenes?.({ way, seed }, scenes, margins);
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

/** @throws LensError `bad-request` for a pair that is alike, or whose depicted class cannot be drawn */
export function checkPair(
  { target, depicted }: Pair,
  { concepts, drawings }: Pick<TrialSetup, 'concepts' | 'drawings'>,
): void {
  const [seen, shown] = [concepts[target], concepts[depicted]];
  if (!seen || !shown) throw new LensError('bad-request', 'The set has no such concept.');
  if (!drawings.has(depicted))
    throw new LensError('bad-request', `The set has no drawing of "${shown.label}".`);
  if (kinshipOf(seen.label, concepts).has(shown))
    throw new LensError(
      'bad-request',
      `"${shown.label}" is too like "${seen.label}": a picture of it would prove nothing.`,
    );
}

/** Every neuron of the blocks, and what it is called. */
export async function describeAll(
  { engine, job }: Bench,
  studies: readonly BlockStudy[],
  atoms: Atoms,
  terms: number,
  kept: Checkpoint,
): Promise<DescribedBlock[]> {
  const described: DescribedBlock[] = [];
  for (const study of studies) {
    const codes = await describeBlock(engine, study, atoms, terms, kept, job);
    const { block, directions, neurons } = study;
    described.push({ block, directions, codes: Array.from({ length: neurons }, (_, n) => codeOf(codes, n)) });
  }
  return described;
}

export interface IndirectDraw {
  readonly blocks: readonly number[];
  /** Drawn a block. */
  readonly neurons: number;
  readonly pictures: number;
  readonly seed: number;
  readonly terms: number;
  /** k */
  readonly topK: number;
}

/** Some neurons of the blocks as their indirect effects on some pictures describe them. */
export async function describeIndirect(
  { engine, job }: Bench,
  images: Pick<LabelledImages, 'pixels'>,
  { blocks, neurons, pictures, seed, terms, topK }: IndirectDraw,
  atoms: Atoms,
): Promise<DescribedBlock[]> {
  const { vision } = engine.config;
  if (neurons === 0 || !vision) return [];
  const set = images.pixels();
  const few = Array.from(randomChoice(Math.min(pictures, set.count), set.count, seed));
  const means = await engine.meanActivations(set, blocks, job);
  const described: DescribedBlock[] = [];
  for (const [i, block] of blocks.entries()) {
    const own = blockJob(job, block);
    const drawn = Array.from(randomChoice(Math.min(neurons, vision.neurons), vision.neurons, seed + block));
    const request = { block, neurons: drawn, means: means[i]! };
    const directions = await indirectDirections(engine, images.pixels(few), request, topK, own);
    const codes = await engine.sparseCodes(directions, atoms, { terms, atoms: atoms.form }, own);
    described.push({ block, directions, codes: drawn.map((_, n) => codeOf(codes, n)) });
  }
  return described;
}

/**
 * The concepts of a set with their families, and synonyms where they are listed.
 * @param listed a JSON list of {label, keywords}, of the file `name`
 * @throws LensError `bad-file`
 */
export function namedConcepts(index: SetIndex, listed: unknown, name: string): NamedConcept[] {
  if (!Array.isArray(listed)) throw new LensError('bad-file', `${name} is no list of concepts.`);
  const synonyms = new Map<string, string[]>();
  for (const entry of listed as { label?: unknown; keywords?: unknown }[]) {
    if (
      typeof entry?.label !== 'string' ||
      !Array.isArray(entry.keywords) ||
      !entry.keywords.every((keyword) => typeof keyword === 'string')
    )
      throw new LensError('bad-file', `${name} has an entry without label and keywords.`);
    synonyms.set(entry.label, entry.keywords as string[]);
  }
  return index.concepts.map(({ label, subgroup }) => ({
    label,
    family: subgroup,
    synonyms: synonyms.get(label) ?? [],
  }));
}
