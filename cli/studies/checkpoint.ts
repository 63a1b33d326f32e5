import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LensError } from '../../src/errors.ts';
import type { Checkpoint } from '../../src/studies/checkpoint.ts';
import type { Context } from '../command.ts';

/** A checkpoint in a folder beside the result: files that appear whole or not at all. */
export interface RunCheckpoint extends Checkpoint {
  /** Once the result is written. */
  remove(): Promise<void>;
}

const KEY = 'run.json';

/**
 * The checkpoint of the run that is to write `out`.
 * @param run everything the numbers depend on: a checkpoint of another run is not taken up
 * @param resume without it, what an earlier run left is thrown away
 * @throws LensError `bad-request` when there is nothing to resume, or something else
 */
export async function openCheckpoint(
  out: string,
  run: object,
  resume: boolean,
  { signal, progress }: Context,
): Promise<RunCheckpoint> {
  const folder = `${resolve(out)}.checkpoint`;
  const key = JSON.stringify(run, undefined, 1);
  if (resume) await checkSame(folder, key);
  else await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const put = async (name: string, bytes: Uint8Array | string): Promise<void> => {
    const half = join(folder, `.${name}.partial`);
    await writeFile(half, bytes);
    await rename(half, join(folder, name));
  };
  await put(KEY, key);
  signal.addEventListener('abort', () =>
    progress.note('What is done is kept: the same command with --resume goes on from there.'),
  );
  return {
    get: (name) => readFile(join(folder, name)).catch(() => undefined),
    put,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function checkSame(folder: string, key: string): Promise<void> {
  const found = await readFile(join(folder, KEY), 'utf8').catch(() => undefined);
  if (found === undefined) {
    throw new LensError('bad-request', `There is nothing to resume: ${folder} holds no unfinished run.`);
  }
  if (found === key) return;
  const differ = firstDifference(JSON.parse(found) as object, JSON.parse(key) as object);
  throw new LensError(
    'bad-request',
    `The unfinished run in ${folder} is another: it differs in ${differ}. Leave out --resume to start anew.`,
  );
}

function firstDifference(a: object, b: object): string {
  const rows = (run: object) => new Map(Object.entries(run).map(([k, v]) => [k, JSON.stringify(v)]));
  const [before, now] = [rows(a), rows(b)];
  return [...now.keys()].find((name) => before.get(name) !== now.get(name)) ?? 'its options';
}
