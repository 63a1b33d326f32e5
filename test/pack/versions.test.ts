import { describe, expect, it } from 'vitest';
import { mapFiles, openPack, rowOf } from '../../src/pack/index.ts';
import { packFolder } from '../support/packFolder.ts';
import { madeUpAnalysis, madeUpParts, SIZES } from './analysis.ts';

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
