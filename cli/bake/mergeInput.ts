import { LensError } from '../../src/errors.ts';
import type { Findings, Question } from '../../src/lens/laterLook.ts';
import { isOpen, joinedFindings, noFindings } from '../../src/lens/laterLook.ts';
import { findingsFile, readFindings } from './laterSweep.ts';
import { openUnsettled, type Unsettled } from './settle.ts';
import {
  inShard,
  openShard,
  PICTURES,
  runDifference,
  type ShardFolder,
  stateFile,
  wholeRun,
} from './shardFolder.ts';
import { isUnsettled } from './unsettled.ts';

/** What merge is given: the shards of a first look, or what it left open with the shards of a later one, if there was one. */
export type MergeInput =
  | { readonly kind: 'first'; readonly shards: readonly [ShardFolder, ...ShardFolder[]] }
  | { readonly kind: 'later'; readonly unsettled: Unsettled; readonly looks: readonly ShardFolder[] };

/**
 * Opens folders of one run in any order, each once and all of them.
 * @throws LensError `unavailable` (not there), `bad-file` (not ours), `bad-request` (missing, twice, or not of one run)
 */
export async function openMergeInput(paths: readonly string[]): Promise<MergeInput> {
  const folders = await Promise.all(paths.map(openShard));
  const unsettled: string[] = [];
  for (const { path } of folders) if (await isUnsettled(path)) unsettled.push(path);
  const looks = folders.filter(({ run }) => run.again !== undefined);
  const states = folders.filter(({ path, run }) => run.again === undefined && !unsettled.includes(path));
  const [only, other] = unsettled;
  if (only === undefined && looks.length === 0) {
    const files = ({ options }: ShardFolder['run']) => [PICTURES, ...options.blocks.map(stateFile)];
    return { kind: 'first', shards: await wholeRun(states, files) };
  }
  if (only === undefined)
    throw new LensError('bad-request', `${looks[0]!.path} is a later look: give the folder it settles, too.`);
  if (other !== undefined) throw new LensError('bad-request', `Give one of ${only} and ${other}.`);
  if (states.length > 0)
    throw new LensError('bad-request', `${states[0]!.path} is in ${only} already: leave it out.`);
  return openLater(await openUnsettled(only), looks);
}

async function openLater(unsettled: Unsettled, looks: readonly ShardFolder[]): Promise<MergeInput> {
  if (looks.length === 0) return { kind: 'later', unsettled, looks };
  for (const { path, run } of looks) {
    const differ = run.again === unsettled.hash ? runDifference(unsettled.run, run) : 'first look';
    if (differ === undefined) continue;
    throw new LensError(
      'bad-request',
      `${path} settles another folder than ${unsettled.path}: it has another ${differ}.`,
    );
  }
  const open = unsettled.questions.filter(isOpen).map(({ summary }) => findingsFile(summary.block));
  return { kind: 'later', unsettled, looks: await wholeRun(looks, () => open) };
}

/** What all looks found for a question together. Throws LensError `bad-file`. */
export async function joinedLooks(looks: readonly ShardFolder[], question: Question): Promise<Findings> {
  let joined = noFindings(question);
  for (const { path } of looks) {
    const found = await readFindings(path, question).catch((error: unknown) => {
      throw inShard(error, path);
    });
    joined = joinedFindings(question, joined, found);
  }
  return joined;
}
