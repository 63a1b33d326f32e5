import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEntries } from '../../cli/bake/input.ts';
import { readRecords } from '../../cli/bake/records.ts';
import { PICTURES, stateFile } from '../../cli/bake/shardFolder.ts';
import { type SweepTask, sweepBlocks } from '../../cli/bake/sweep.ts';
import { openModel } from '../../cli/model.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import type { Progress } from '../../src/progress.ts';
import { madePictures, writeTree } from './bakePictures.ts';
import { writeTinyModel } from './bakeRun.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-sweep-'));
afterAll(() => rmSync(root, { recursive: true }));
const pictures = join(root, 'pictures');
const BLOCKS = [0, 1, 2];

beforeAll(async () => {
  const files = await madePictures(
    Array.from({ length: 150 }, (_, i) => `${String(i).padStart(3, '0')}.png`),
  );
  files.set('044.png', Buffer.from('no picture'));
  writeTree(pictures, files);
});

/** Sweeps in groups, and stops when `stop` says so; true when it came to its end. */
async function sweep(
  name: string,
  groupsOf: SweepTask['groupsOf'],
  stop: (progress: Progress) => boolean = () => false,
): Promise<boolean> {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const model = await openModel(join(root, 'model'));
  const engine = await openNodeEngine({ weights: model.weights, threads: 1 });
  const entries = await openEntries(pictures, { index: 0, of: 1 });
  const abort = new AbortController();
  const report = (progress: Progress): void => {
    if (stop(progress)) abort.abort();
  };
  const context = { signal: abort.signal, progress: { report, note: () => {} }, onKill: () => {} };
  const { preprocessor } = model;
  const task = { engine, entries, preprocessor, blocks: BLOCKS, groupsOf, topK: 10, folder, every: 0 };
  try {
    await sweepBlocks(task, context);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ tag: 'cancelled' });
    return false;
  } finally {
    await engine.dispose();
  }
}

it('gives the same states in one group or in several, however often it is stopped', async () => {
  writeTinyModel(join(root, 'model'));
  const one: SweepTask['groupsOf'] = (blocks) => [blocks];
  const each: SweepTask['groupsOf'] = (blocks) => blocks.map((block) => [block]);
  const stages = new Set<string>();
  expect(await sweep('one', one)).toBe(true);
  expect(await sweep('each', each, ({ stage }) => !stages.add(stage))).toBe(true);
  expect([...stages].filter((stage) => /through the model/.test(stage))).toHaveLength(3);

  const stops = [
    ({ stage, done }: Progress) => /Block 0/.test(stage) && done >= 64,
    ({ stage, done }: Progress) => /Block 1/.test(stage) && done >= 96,
    ({ stage }: Progress) => /Block 2/.test(stage),
  ];
  for (const stop of stops) expect(await sweep('stopped', each, stop)).toBe(false);
  expect(await sweep('stopped', one)).toBe(true); // with more memory than before
  for (const file of [...BLOCKS.map(stateFile), PICTURES]) {
    const expected = readFileSync(join(root, 'one', file));
    for (const name of ['each', 'stopped']) {
      expect([name, file, readFileSync(join(root, name, file)).equals(expected)]).toEqual([name, file, true]);
    }
  }
  const records = [];
  for await (const record of readRecords(join(root, 'one', PICTURES))) records.push(record);
  expect(records).toHaveLength(150);
  expect(records.filter(({ reason }) => reason !== undefined).map(({ name }) => name)).toEqual(['044.png']);
});
