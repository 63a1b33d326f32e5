import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { shippedModel, writeMiniSet } from './miniSet.ts';
import { runCli } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-segment-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Row {
  readonly segmenter: string;
  readonly queries: number;
  readonly pixelAccuracy: number;
  readonly meanIou: number;
  readonly meanAveragePrecision: number;
}
const rowsOf = (out: string): { name: string; rows: Row[] }[] =>
  JSON.parse(readFileSync(join(root, out), 'utf8')).parts;

describeWithShared('segment', () => {
  it('has the scores of the released code, as released', { timeout: 60_000 }, async () => {
    const small = (name: string) => sharedPath('reference', 'small', name);
    for (const name of ['images', 'masks']) symlinkSync(small(name), join(root, name));
    const { code, stderr } = await runCli([
      ...['segment', '--model', sharedPath('reference', 'small'), '--set', root, '--first', '40'],
      ...['--classifier', small('classifier.npy'), '--layers', '1,2', '--neurons', '20'],
      ...['--form', 'as-released', '--out', join(root, 'released.json')],
    ]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Segmenting pictures: 40 of 40/)]);
    const expected = JSON.parse(readFileSync(small('expected.json'), 'utf8')).segmentation_first40_top20;
    const [row] = rowsOf('released.json')[0]!.rows;
    expect(row).toMatchObject({ segmenter: 'second-order neurons', queries: 40 });
    expect(Math.abs(row!.pixelAccuracy - expected.pixel_accuracy)).toBeLessThan(0.1);
    expect(Math.abs(row!.meanIou - expected.mIoU)).toBeLessThan(0.1);
    expect(Math.abs(row!.meanAveragePrecision - expected.mAP)).toBeLessThan(0.1);
  });

  it('runs on photographs, and says what the embedded model knows of them', {
    timeout: 120_000,
  }, async () => {
    writeFileSync(join(root, 'classes.txt'), 'cat\ndog\ncar\n');
    const { code, stderr } = await runCli([
      ...['segment', '--model', shippedModel, '--set', sharedPath('photos'), '--first', '6', '--top', '10'],
      ...['--classifier', join(root, 'classes.txt'), '--out', join(root, 'photos.json')],
    ]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/figures on other pictures mean nothing/)]);
    const names = rowsOf('photos.json')[0]!.rows.map(({ segmenter }) => segmenter);
    expect(names).toEqual(
      expect.arrayContaining(['second-order neurons', 'raw attention', 'random neurons, seed 0']),
    );
  });
});

it('segments shipped scenes object by object', { timeout: 120_000 }, async () => {
  const set = writeMiniSet(join(root, 'set'));
  const { code, stderr } = await runCli([
    ...['segment', '--model', shippedModel, '--set', set, '--first', '12', '--top', '20'],
    ...['--out', join(root, 'scenes.json')],
  ]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/Wrote/)]);
  const [single, several, ...more] = rowsOf('scenes.json');
  expect([single!.name, several!.name, more]).toEqual([
    'held-out style',
    'held-out style, several objects',
    [],
  ]);
  expect(single!.rows.every(({ queries }) => queries === 12)).toBe(true);
  expect(several!.rows[0]!.queries).toBeGreaterThanOrEqual(24);
});
