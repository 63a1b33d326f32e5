import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LensError } from '../../src/errors.ts';
import { csv, type Row } from '../../src/studies/figures.ts';
import * as option from '../options.ts';

export { type Row, rounded } from '../../src/studies/figures.ts';

const refuse = (sentence: string) => new LensError('bad-request', sentence);

/** Options of every command that writes a table. */
export const resultOptions = {
  threads: option.optional(option.count('CPU threads (default: one a core)')),
  out: option.text('OUT.json', 'the result; OUT.csv is written beside it'),
  resume: option.flag('go on from where a stopped or killed run of the same command was'),
  force: option.flag('replace an earlier result of neuronlens'),
};

/**
 * Refuses a place that a result may not go to, before any work is done. Writes nothing.
 * @throws LensError `bad-request`
 */
export async function checkResultPath(out: string, force: boolean): Promise<void> {
  if (!out.endsWith('.json')) throw refuse(`--out takes a name that ends in .json, not ${out}.`);
  const parent = await stat(dirname(resolve(out))).catch(() => undefined);
  if (!parent?.isDirectory())
    throw refuse(`${dirname(resolve(out))}, which is to hold the result, is not a folder.`);
  const found = await readFile(out, 'utf8').catch(() => undefined);
  if (found === undefined) return;
  if (!force) throw refuse(`${out} is there already; choose another name or add --force to replace it.`);
  if (!/"software":\s*\{\s*"name":\s*"neuronlens"/.test(found)) {
    throw refuse(`${out} was not written by neuronlens, so --force does not replace it.`);
  }
}

/** Writes OUT.json and OUT.csv, each whole or not at all. */
export async function writeResult(out: string, result: object, rows: readonly Row[]): Promise<void> {
  await writeWhole(out.replace(/\.json$/, '.csv'), csv(rows));
  await writeWhole(out, `${JSON.stringify(result, undefined, 1)}\n`);
}

async function writeWhole(path: string, content: string): Promise<void> {
  const half = `${path}.partial-${process.pid}`;
  await writeFile(half, content);
  await rename(half, path);
}
