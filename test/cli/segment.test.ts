import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
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

  it('runs on photographs with the embedded model, and shows maps but no figures', {
    timeout: 120_000,
  }, async () => {
    writeFileSync(join(root, 'classes.txt'), 'cat\ndog\ncar\n');
    const { code, stderr } = await runCli([
      ...['segment', '--model', shippedModel, '--set', sharedPath('photos'), '--first', '6', '--top', '10'],
      ...['--classifier', join(root, 'classes.txt'), '--maps', join(root, 'maps')],
      ...['--out', join(root, 'photos.json')],
    ]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/figures on other pictures mean nothing/)]);
    const { withheld, parts } = JSON.parse(readFileSync(join(root, 'photos.json'), 'utf8'));
    expect(withheld).toMatch(/trained on Pictograms alone/);
    expect(parts[0].rows).toContainEqual({ segmenter: 'raw attention', threshold: 0.5, queries: 6 });
    for (const row of parts[0].rows) expect(Object.keys(row)).toEqual(['segmenter', 'threshold', 'queries']);
    expect(readFileSync(join(root, 'photos.csv'), 'utf8')).not.toMatch(/iou|precision|accuracy/i);
    const maps = readdirSync(join(root, 'maps'));
    expect(maps).toHaveLength(6);
    expect(maps.every((name) => /-(cat|dog|car)\.png$/.test(name))).toBe(true);
    const { width, height, channels } = await sharp(join(root, 'maps', maps[0]!)).metadata();
    expect([width, height, channels]).toEqual([64, 64, 1]);
  });
});

it('segments shipped scenes object by object', { timeout: 120_000 }, async () => {
  const set = writeMiniSet(join(root, 'set'));
  const { code, stderr } = await runCli([
    ...['segment', '--model', shippedModel, '--set', set, '--first', '12', '--top', '20'],
    ...['--half', 'odd', '--out', join(root, 'scenes.json')],
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
  const names = new Set(single!.rows.map(({ segmenter }) => segmenter));
  for (const name of [
    'second-order neurons',
    'random neurons, seed 0',
    'direct effects of heads',
    'raw attention',
  ])
    expect(names).toContain(name);
  expect(JSON.parse(readFileSync(join(root, 'scenes.json'), 'utf8')).parameters.half).toBe('odd');
});
