import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { LensError } from '../src/errors.ts';

/**
 * A result folder that appears complete or not at all: files go to a hidden folder beside it, which
 * takes its name at the end.
 */
export interface Output {
  /** Where files lie until they are put in their place. */
  readonly folder: string;
  write(name: string, bytes: Uint8Array | string): Promise<void>;
  /** Puts everything written in its place. */
  commit(): Promise<void>;
  /** Removes what was written; nothing to do after a commit. Synchronous, for a second Ctrl-C. */
  discard(): void;
}

const refuse = (sentence: string) => new LensError('bad-request', sentence);

/** True for a folder that an earlier run of ours made: only those does --force replace. */
async function isOurs(folder: string): Promise<boolean> {
  for (const name of ['summary.json', 'pack.json', 'run.json']) {
    const json = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (/"software":\s*\{\s*"name":\s*"neuronlens"/.test(json)) return true;
  }
  return false;
}

/**
 * Refuses a place that results may not go to, before any work is done. Writes nothing.
 * @param inputs folders and files read, none of which may lie in `out`
 * @throws LensError `bad-request`
 */
export async function checkOutput(out: string, force: boolean, inputs: readonly string[]): Promise<void> {
  const folder = resolve(out);
  const parent = await stat(dirname(folder)).catch(() => undefined);
  if (!parent?.isDirectory())
    throw refuse(`${dirname(folder)}, which is to hold the results, is not a folder.`);
  const inside = inputs.find((input) => !relative(folder, resolve(input)).startsWith('..'));
  if (inside !== undefined) throw refuse(`${inside} lies in ${out}, which the results would replace.`);
  const found = await stat(folder).catch(() => undefined);
  if (!found) return;
  if (!found.isDirectory()) throw refuse(`${out} is a file; the results need a folder.`);
  if ((await readdir(folder)).length === 0) return;
  if (!force) throw refuse(`${out} is not empty; choose another folder or add --force to replace it.`);
  if (!(await isOurs(folder)))
    throw refuse(`${out} was not written by neuronlens, so --force does not replace it.`);
}

/**
 * Opens the staging folder for `out`, which {@link checkOutput} has let pass.
 * @param staging on the same disk as `out`; a hidden folder beside it unless told. What is there is thrown away.
 */
export async function openOutput(
  out: string,
  staging = join(dirname(resolve(out)), `.${basename(resolve(out))}.partial-${process.pid}`),
): Promise<Output> {
  const folder = resolve(out);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  return {
    folder: staging,
    write: (name, bytes) => writeFile(join(staging, name), bytes),
    async commit() {
      const old = `${staging}.old`;
      const replaces = await stat(folder).then(
        () => true,
        () => false,
      );
      if (replaces) await rename(folder, old);
      await rename(staging, folder);
      if (replaces) await rmdir(old).catch(() => rm(old, { recursive: true }));
    },
    discard: () => rmSync(staging, { recursive: true, force: true }),
  };
}
