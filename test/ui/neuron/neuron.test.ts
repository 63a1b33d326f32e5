import { describe, expect, it } from 'vitest';
import type { HeatmapPair } from '../../../src/state/neuronTypes.ts';
import { headRows } from '../../../src/ui/neuron/headRows.ts';
import { shownMeasures } from '../../../src/ui/neuron/measures.ts';
import { effectParts } from '../../../src/ui/neuron/overlayMaps.ts';
import { fitInWords } from '../../../src/ui/neuron/words.ts';

const pair = (activation: number[], secondOrder: number[], clsTerm = 0): HeatmapPair => ({
  gridSide: 2,
  activation: Float32Array.from(activation),
  secondOrder: Float32Array.from(secondOrder),
  clsTerm,
});

describe('effectParts', () => {
  it('adds up to the activation', () => {
    const parts = effectParts(pair([0, 0, 0, 0], [1, 2, 3, 4], 0.5), 8, 2.2);
    expect(parts.patches).toBe(10);
    expect(parts.cls).toBe(0.5);
    expect(parts.setMean).toBeCloseTo(2.2, 6);
    expect(parts.patches + parts.cls + parts.shared - parts.setMean).toBeCloseTo(8, 6);
  });
});

describe('headRows', () => {
  it('gathers heads by block, whatever the order', () => {
    const rows = headRows([
      { head: { block: 5, head: 1 }, share: 0.4 },
      { head: { block: 4, head: 0 }, share: 0.1 },
      { head: { block: 5, head: 0 }, share: 0.3 },
      { head: { block: 4, head: 1 }, share: 0.2 },
    ]);
    expect(rows).toEqual([
      { block: 4, shares: [0.1, 0.2] },
      { block: 5, shares: [0.3, 0.4] },
    ]);
    expect(headRows([])).toEqual([]);
  });
});

describe('words about numbers', () => {
  it('warn when the fit is weak', () => {
    expect(fitInWords(-0.1)).toMatch(/worse/);
    expect(fitInWords(0.1)).toMatch(/^Weak/);
    expect(fitInWords(0.4)).toMatch(/^Partial/);
    expect(fitInWords(0.8)).toMatch(/most/);
    expect(fitInWords(0.4, { mean: 0.39, deviation: 0.02 })).toMatch(/No better than chance/);
    expect(fitInWords(0.8, { mean: 0.39, deviation: 0.02 })).toMatch(/most/);
  });

  it('always say the fraction beside k', () => {
    const shown = shownMeasures(undefined, { neurons: 1024, images: 5000, topK: 100 }, undefined);
    expect(shown.find((measure) => measure.id === 'significant')).toMatchObject({
      value: '100',
      note: '2.0% of 5,000',
    });
    expect(shown.find((measure) => measure.id === 'typicalNorm')?.value).toBe('…');
  });
});
