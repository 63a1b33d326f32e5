import { expect, it } from 'vitest';
import { movedSheet } from '../../../src/state/tables/ownTables.ts';

it('own pictures become a row a listed neuron, unrounded; one that is not measured has none', () => {
  const moved = { neuron: 3, activation: -1.23456789, norm: 2.5, relative: 1.75 };
  const sheet = movedSheet('block 0', [
    { id: 'ab', name: 'cat.png', neurons: [moved, { ...moved, neuron: 9 }] },
    { id: 'cd', name: 'dog.png', neurons: [] },
  ]);
  expect(sheet.columns).toHaveLength(sheet.rows[0]!.length);
  expect(sheet.rows).toEqual([
    ['cat.png', 'ab', 3, -1.23456789, 2.5, 1.75],
    ['cat.png', 'ab', 9, -1.23456789, 2.5, 1.75],
  ]);
});
