import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import { type Findings, findingSizes, isOpen, noFindings, type Question } from '../../lens/laterLook.ts';
import type { JobOptions } from '../../progress.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import { Look } from './lookAgain.ts';
import { Ends } from './signedEnds.ts';
import { chunksOf, throughTower } from './streamBlocks.ts';
import type { PathRanges } from './streamDevice.ts';
import { CHUNK } from './streamedBlock.ts';
import type { LaterJob, StreamSource } from './streaming.ts';

export interface LaterInputs {
  readonly tower: ImageTower;
  /** Most bytes of what blocks hold that share a sweep; one block is looked at whatever it takes. */
  readonly budget: number;
  readonly paths: (block: number) => Promise<PathRanges>;
}

/** What is found for questions among pictures: see `StreamingEngine.lookLater`. */
export async function lookLater(
  inputs: LaterInputs,
  source: StreamSource,
  questions: readonly Question[],
  job: LaterJob,
): Promise<Findings[]> {
  const found = new Map<Question, Findings>();
  for (const question of questions) {
    const before = job.from?.find(({ block }) => block === question.summary.block);
    found.set(question, before ?? noFindings(question));
  }
  const open = questions.filter((question) => isOpen(question) && found.get(question)!.read < source.count);
  for (const group of groupsOf(open, found, inputs.budget)) {
    await lookTogether(inputs, source, group, found, job);
  }
  return [...found.values()];
}

/** Bytes of a question while it is looked for: a chunk's coefficients, directions and what is found. */
function bytesOf(question: Question): number {
  const { strongest, ends } = findingSizes(question);
  const { heads } = strongest;
  const look = strongest.neurons * (2 * CHUNK * heads + strongest.kept * (heads + 2));
  const along = ends.neurons * ((CHUNK + 1) * heads + question.summary.dim + 4 * ends.listed + ends.bins);
  return 4 * (look + along);
}

/** Questions that share a sweep: as many as the budget allows, all as far as each other. */
function groupsOf(
  questions: readonly Question[],
  found: ReadonlyMap<Question, Findings>,
  budget: number,
): Question[][] {
  const groups: { questions: Question[]; bytes: number; read: number }[] = [];
  for (const question of questions) {
    const { read } = found.get(question)!;
    const bytes = bytesOf(question);
    const last = groups.at(-1);
    if (last && last.read === read && last.bytes + bytes <= budget) {
      last.questions.push(question);
      last.bytes += bytes;
    } else groups.push({ questions: [question], bytes, read });
  }
  return groups.map((group) => group.questions);
}

async function lookTogether(
  inputs: LaterInputs,
  source: StreamSource,
  group: readonly Question[],
  found: Map<Question, Findings>,
  job: LaterJob,
): Promise<void> {
  const { signal, onProgress } = job;
  const looking: Looking[] = [];
  for (const question of group) {
    const { block } = question.summary;
    looking.push(await Looking.begin(question, await inputs.paths(block), found.get(question)!, signal));
  }
  const blocks = group.map(({ summary }) => summary.block);
  const stage = stageOf(group);
  const start = looking[0]!.found.read;
  onProgress?.({ stage, done: start, total: source.count });
  for await (const { batch, from, size } of chunksOf(source, start, signal)) {
    await throughTower(inputs.tower, batch, blocks, signal, (number, trace, i, results) => {
      for (const one of looking) {
        const scaled = results[OUTPUTS.scaledCoefficients(one.block)]!.data as Float32Array;
        one.take(number, trace(one.block), scaled, i);
      }
    });
    for (const one of looking) {
      await one.measure(size, batch.numbers.length, signal);
      found.set(one.question, one.found);
    }
    await job.onCheckpoint?.([...found.values()]);
    onProgress?.({ stage, done: from + size, total: source.count });
  }
}

function stageOf(questions: readonly Question[]): string {
  const count = questions.reduce((sum, { unproven }) => sum + unproven.length, 0);
  const ends = questions.some(({ along }) => along.length > 0);
  if (count === 0) return 'Both ends of every neuron, over all pictures';
  const again = `a second look for ${count} neurons whose strongest images are not certain`;
  return ends ? `Both ends of every neuron, and ${again}` : `A${again.slice(1)}`;
}

/** One block while its question is looked for. */
class Looking {
  readonly question: Question;
  readonly #look: Look | undefined;
  readonly #ends: Ends | undefined;
  #found: Findings;

  private constructor(question: Question, found: Findings, look: Look | undefined, ends: Ends | undefined) {
    this.question = question;
    this.#found = found;
    this.#look = look;
    this.#ends = ends;
  }

  /** @throws LensError `bad-request` for a question about another model */
  static async begin(
    question: Question,
    paths: PathRanges,
    found: Findings,
    signal: JobOptions['signal'],
  ): Promise<Looking> {
    const { summary, unproven, along } = question;
    const own = paths.paths;
    if (
      own.neurons !== summary.neurons ||
      own.dim !== summary.dim ||
      own.heads.length !== summary.laterHeads.length
    ) {
      throw new LensError('bad-request', `The analysis of block ${summary.block} belongs to another model.`);
    }
    const look = unproven.length > 0 ? new Look(question, paths, found.strongest) : undefined;
    const ends = along.length > 0 ? await Ends.prepare(question, paths, found.ends, signal) : undefined;
    return new Looking(question, found, look, ends);
  }

  get block(): number {
    return this.question.summary.block;
  }

  get found(): Findings {
    return this.#found;
  }

  /** Takes the `index`-th image of a batch, whose ĉ [B, N, R] are given. */
  take(
    number: number,
    trace: Parameters<Look['take']>[1] & Parameters<Ends['take']>[1],
    scaled: Float32Array,
    index: number,
  ): void {
    const { neurons, laterHeads } = this.question.summary;
    const at = index * neurons * laterHeads.length;
    this.#look?.take(number, trace, scaled, at);
    this.#ends?.take(number, trace, scaled, at);
  }

  /** Measures what was taken: so many images, of so many places. */
  async measure(places: number, images: number, signal: JobOptions['signal']): Promise<void> {
    await this.#look?.measure(signal);
    await this.#ends?.measure(signal);
    this.#found = { ...this.#found, read: this.#found.read + places, images: this.#found.images + images };
  }
}
