import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { shippedModel, shippedWords, writeMiniSet } from './miniSet.ts';
import { runCli } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-adversarial-'));
afterAll(() => rmSync(root, { recursive: true }));
const set = writeMiniSet(join(root, 'set'));
const names = fileURLToPath(new URL('../../training/concepts.json', import.meta.url));
const argv = (out: string, ...more: string[]) => [
  ...['adversarial', '--model', shippedModel, '--set', set, '--texts', shippedWords, '--names', names],
  ...['--layers', '4', '--top', '20', '--terms', '4', '--pictures', '6', '--seeds', '1,2'],
  ...['--indirect-neurons', '6', '--indirect-pictures', '5'],
  ...['--out', join(root, out), ...more],
];

interface Result {
  readonly pairs: {
    target: string;
    depicted: string;
    prompt: string;
    words: { word: string; neurons: { block: number }[] }[];
    trials: { way: string; seed: number; pictures: number; successes: number; drawn: string[] }[];
  }[];
  readonly summary: { way: string; success: number }[];
}

it('lists words with neurons, and tries them on composed pictures', { timeout: 180_000 }, async () => {
  const { code, stderr } = await runCli(argv('trial.json', '--pairs', '3'));
  expect([code, stderr]).toEqual([0, expect.stringMatching(/Wrote/)]);
  const { pairs, summary } = JSON.parse(readFileSync(join(root, 'trial.json'), 'utf8')) as Result;
  expect(pairs).toHaveLength(3);
  for (const { target, depicted, prompt, words, trials } of pairs) {
    expect(prompt).toContain(words[0]!.word);
    expect(words[0]!.neurons.every(({ block }) => block === 4)).toBe(true);
    expect(words.map(({ word }) => word)).not.toContain(target);
    expect(trials.filter(({ way }) => way === 'second-order words').map(({ seed }) => seed)).toEqual([1, 2]);
    for (const { drawn, pictures, successes } of trials) {
      expect(pictures).toBe(6);
      expect(successes).toBeLessThanOrEqual(6);
      expect(drawn).not.toContain(target);
      expect(drawn).not.toContain(depicted);
    }
  }
  expect(summary.map(({ way }) => way)).toEqual(
    expect.arrayContaining(['second-order words', 'indirect-effect words', 'words along the difference']),
  );
});

it('refuses a depicted class that is like the target', { timeout: 60_000 }, async () => {
  const index = JSON.parse(readFileSync(join(set, 'set.json'), 'utf8'));
  const drawn = index.scenes.filter((scene: { objects: unknown[] }) => scene.objects.length === 1);
  const shown = index.concepts[drawn[0].objects[0].concept] as { label: string; subgroup: string };
  const kin = index.concepts.find(
    (c: { label: string; subgroup: string }) => c.subgroup === shown.subgroup && c.label !== shown.label,
  );
  const { code, stderr } = await runCli(argv('no.json', '--target', kin.label, '--depicted', shown.label));
  expect([code, stderr]).toEqual([2, expect.stringMatching(/would prove nothing/)]);
});
