import { expect, it } from 'vitest';
import { blockPaths } from '../../src/lens/paths.ts';
import { sharedPart } from '../../src/lens/secondOrderEffects.ts';
import { sharedOf, sharedParts, sharedRows, sharedWeights } from '../../src/lens/sharedParts.ts';
import { rowTimes } from '../../src/lens/vectors.ts';
import { relativeError } from '../support/close.ts';
import { imageTrace, runTower, towerLens } from './oracle.ts';
import { randomPictures, randomTower } from './random.ts';

it('what is kept of an image gives its e again, alone and as a row of a product', () => {
  const tower = randomTower(3);
  for (const block of [0, 1, 2]) {
    const { shared, dim } = blockPaths(towerLens(tower), block);
    const rows = sharedRows(shared);
    for (const pixels of randomPictures(5, tower, 4)) {
      const trace = imageTrace(tower, runTower(tower, pixels), block);
      const truth = sharedPart(shared, trace);
      const parts = sharedParts(trace);
      expect(relativeError(sharedOf(shared, parts), truth)).toBeLessThan(1e-6);
      expect(relativeError(rowTimes(sharedWeights(parts), rows, parts.length, dim), truth)).toBeLessThan(
        1e-6,
      );
    }
  }
});
