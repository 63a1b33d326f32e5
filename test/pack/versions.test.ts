import { describe, expect, it } from 'vitest';
import { mapFiles, openPack, rowOf } from '../../src/pack/index.ts';
import { packFolder } from '../support/packFolder.ts';
import { describedParts, madeUpAnalysis, madeUpParts, SIZES } from './analysis.ts';

/** Packs that were written once and are never written again: whoever published one can still be read. */
describe('a pack of version 1', async () => {
  const pack = await openPack(mapFiles(packFolder('test/fixtures/packs/version-1')));

  it('gives the numbers it was written with', async () => {
    for (const { block, overview, detail, neurons } of madeUpParts().blocks) {
      const { typicalNorm, ...others } = overview;
      const read = await pack.overview(block);
      expect(read).toMatchObject(others);
      expect(read.typicalNorm).toHaveLength(neurons);
      expect(await pack.detail(block)).toEqual(detail);
      expect(await pack.neuron(block, 3)).toEqual(rowOf(detail, neurons, 3));
      expect(await pack.direction(block, 3)).toEqual(detail.directions.slice(3 * SIZES.dim, 4 * SIZES.dim));
      expect((await pack.vectors(block)).means).toEqual(detail.means);
    }
  });

  it('states mean norms, which stand where typical ones do', async () => {
    const { norms, images, neurons } = madeUpAnalysis(0);
    const mean = norms.reduce((sum, norm, i) => (i % neurons === 2 ? sum + norm : sum), 0) / images;
    expect((await pack.overview(0)).typicalNorm[2]).toBeCloseTo(mean, 6);
    expect(pack.manifest.version).toBe(1);
  });

  it('looked at all images, and is certain', () => {
    expect(pack.manifest.blocks).toMatchObject([
      { block: 0, looked: 'all', uncertified: 0 },
      { block: 2, looked: 'all', uncertified: 0 },
    ]);
  });

  it('brings its texts', async () => {
    expect((await pack.texts())?.words).toEqual(['cat', 'dog', 'snowman ☃']);
  });
});

describe('a pack of version 2', async () => {
  const pack = await openPack(mapFiles(packFolder('test/fixtures/packs/version-2')));
  const { described, ...parts } = await describedParts();

  it('gives the numbers it was written with', async () => {
    for (const { block, overview, detail } of parts.blocks) {
      expect(await pack.overview(block)).toEqual(overview);
      expect(await pack.detail(block)).toEqual(detail);
    }
  });

  it('brings descriptions and similar neurons', async () => {
    const row = await pack.neuron(2, 5);
    const { words, codes } = described!.get(2)!;
    for (const { terms, weights, r2 } of codes) {
      const code = row.codes.get(terms)!;
      expect(code.r2).toBe(r2[5]);
      expect(code.terms[0]!.coefficient).toBe(weights[5 * terms]);
      expect(words[5]).toContain(code.terms[0]!.text);
    }
    const { detail, neurons } = parts.blocks[1]!;
    expect(row.similar).toEqual(rowOf(detail, neurons, 5).similar);
    expect(pack.manifest.codes).toEqual(parts.codes);
  });

  it('says what is not certain, and what was left out', () => {
    expect(pack.manifest).toMatchObject({
      set: { skipped: 2 },
      deviations: { reference: 'made up', values: { norms: 1e-6 } },
      blocks: [
        { looked: 'all', uncertified: 0 },
        { looked: 'strongest', uncertified: 3 },
      ],
    });
  });
});
