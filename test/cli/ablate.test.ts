import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { runCli } from './run.ts';

const small = (name: string) => sharedPath('reference', 'small', name);
const root = mkdtempSync(join(tmpdir(), 'neuronlens-ablate-'));
afterAll(() => rmSync(root, { recursive: true }));

const argv = (out: string, ...more: string[]) => [
  ...['ablate', '--model', sharedPath('reference', 'small'), '--images', small('images')],
  ...['--classifier', small('classifier.npy'), '--labels', small('labels.npy'), '--layers', '0,1,2'],
  ...[
    '--texts',
    small('text_pool.npy'),
    '--terms',
    '4,16',
    '--seeds',
    '5',
    '--out',
    join(root, out),
    ...more,
  ],
];

interface Row {
  readonly ablation: string;
  readonly block: number;
  readonly terms?: number;
  readonly percent: number;
  readonly standardError: number;
}
interface Result {
  readonly form: string;
  readonly parts: { name: string; rows: Row[] }[];
}
const result = (out: string) => JSON.parse(readFileSync(join(root, out), 'utf8')) as Result;

const NAMES: Record<string, string> = {
  baseline: 'baseline',
  withoutAll: 'without_all',
  withoutSignificant: 'without_significant',
  withoutInsignificant: 'without_insignificant',
  fromDirections: 'from_pc',
};

describeWithShared('ablate', () => {
  it('has the accuracies of the released code, as released', { timeout: 60_000 }, async () => {
    const { code, stderr } = await runCli(argv('released.json', '--form', 'as-released'));
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Ablating pictures: 160 of 160/)]);
    const expected = JSON.parse(readFileSync(small('expected.json'), 'utf8'));
    const { form, parts } = result('released.json');
    expect(form).toBe('as-released');
    let compared = 0;
    for (const { ablation, block, terms, percent, standardError } of parts[0]!.rows) {
      const name = ablation === 'fromTexts' ? `from_text_${terms}` : NAMES[ablation];
      if (name === undefined) continue; // random pushes are ours
      expect([block, name, percent]).toEqual([block, name, expected.layer[block].ablation_accuracy[name]]);
      expect(standardError).toBeCloseTo(Math.sqrt((percent * (100 - percent)) / 160), 2);
      compared++;
    }
    expect(compared).toBe(3 * 7);
    const [header, ...lines] = readFileSync(join(root, 'released.csv'), 'utf8').trim().split('\n');
    expect(header).toMatch(/^part,ablation,block,correct,total,percent/);
    expect(lines).toHaveLength(parts[0]!.rows.length);
    expect(existsSync(join(root, 'released.json.checkpoint'))).toBe(false);
  });

  it('killed or stopped leaves no result, and goes on from there', { timeout: 120_000 }, async () => {
    const whole = await runCli(argv('whole.json'));
    expect(whole.code).toBe(0);
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const out = `${signal}.json`;
      let asked = false;
      const killed = await runCli(argv(out), (text, kill) => {
        if (!asked && /Block 1: Describing/.test(text)) kill(signal);
        asked ||= /Block 1: Describing/.test(text);
      });
      expect(killed.code).not.toBe(0);
      expect(readdirSync(root).filter((name) => name.startsWith(signal))).toEqual([`${out}.checkpoint`]);
      const other = await runCli(argv(out, '--resume', '--form', 'as-released'));
      expect([other.code, other.stderr]).toEqual([
        2,
        expect.stringMatching(/is another: it differs in form/),
      ]);
      const resumed = await runCli(argv(out, '--resume'));
      expect([resumed.code, resumed.stderr]).toEqual([0, expect.not.stringMatching(/through the model/)]);
      expect(result(out)).toEqual(result('whole.json'));
    }
    const nothing = await runCli(argv('nothing.json', '--resume'));
    expect(nothing.stderr).toMatch(/There is nothing to resume/);
    const there = await runCli(argv('whole.json'));
    expect([there.code, there.stderr]).toEqual([2, expect.stringMatching(/is there already/)]);
  });
});
