import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { runCli } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-concepts-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Listed {
  readonly neurons: { block: number; neuron: number }[];
  readonly words: { text: number; score: number; neurons: { part: number }[] }[];
}

describeWithShared('concepts', () => {
  const small = (name: string) => sharedPath('reference', 'small', name);
  const run = async (out: string, ...more: string[]) => {
    const finished = await runCli([
      ...['concepts', '--model', sharedPath('reference', 'small'), '--images', small('images')],
      ...[
        '--texts',
        small('text_pool.npy'),
        '--layers',
        '1',
        '--terms',
        '16',
        '--out',
        join(root, out),
        ...more,
      ],
    ]);
    expect([finished.code, finished.stderr]).toEqual([0, expect.stringMatching(/Wrote/)]);
    return JSON.parse(readFileSync(join(root, out), 'utf8')).pictures as Listed[];
  };

  it('are those of the released code in order, as released', { timeout: 60_000 }, async () => {
    const pictures = await run(
      'released.json',
      ...['--form', 'as-released', '--pictures', '0,1,2,3', '--signs', small('layer1_pc.npy')],
    );
    const expected = JSON.parse(readFileSync(small('expected.json'), 'utf8')).concept_discovery_layer1_omp16;
    expect(pictures).toHaveLength(4);
    pictures.forEach(({ neurons, words }, i) => {
      const { neurons: theirs, scores } = expected[i] as { neurons: number[]; scores: [number, number][] };
      expect(neurons.map(({ neuron }) => neuron)).toEqual(theirs);
      expect(words.map(({ text }) => text)).toEqual(scores.map(([text]) => text));
      words.forEach(({ score }, rank) => {
        expect(Math.abs(score - scores[rank]![1])).toBeLessThan(1e-3 * scores[0]![1]);
      });
    });
  });

  it('corrected, of pictures of the set and of the same pictures as strangers', {
    timeout: 60_000,
  }, async () => {
    const ofSet = await run('own.json', '--pictures', '5');
    const strangers = await run('strangers.json', '--of', small('images'));
    // As a stranger a picture may be above a threshold that is its own norm, by rounding.
    const [own, stranger] = [ofSet[0]!, strangers[5]!].map(
      ({ neurons }) => new Set(neurons.map(({ neuron }) => neuron)),
    );
    expect([...own!].filter((neuron) => !stranger!.has(neuron))).toEqual([]);
    expect(stranger!.size - own!.size).toBeLessThan(8);
    for (const { score, neurons } of ofSet[0]!.words) {
      expect(score).toBeGreaterThan(0);
      expect(neurons.length).toBeGreaterThan(0);
    }
  });
});
