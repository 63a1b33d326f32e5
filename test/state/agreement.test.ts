import { describe, expect, it } from 'vitest';
import { agreementOf } from '../../src/state/agreement.ts';
import { remaining } from '../../src/state/eta.ts';
import { SIZES, summaryOf } from './fakes.ts';

const { neurons, dim, topK } = SIZES;

describe('agreement of two analyses', () => {
  it('is whole for the same numbers', () => {
    const agreement = agreementOf(summaryOf(2), summaryOf(2));
    expect(agreement).toMatchObject({
      typicalNormError: 0,
      thresholdError: 0,
      meanEffectError: 0,
      equalTopSets: 1,
      sharedTopImages: 1,
    });
    expect(agreement.cosineSmallest).toBeCloseTo(1, 6);
    expect(agreement.cosineNeurons).toBeGreaterThan(0);
  });

  it('does not mind a direction’s sign or the order of the strongest pictures', () => {
    const shipped = summaryOf(2);
    const live = summaryOf(2);
    const { detail } = live;
    detail.directions.set(detail.directions.map((value) => -value));
    detail.topImages.subarray(0, topK).reverse();
    const agreement = agreementOf(live, shipped);
    expect(agreement.cosineSmallest).toBeCloseTo(1, 6);
    expect(agreement.equalTopSets).toBe(1);
  });

  it('counts one exchanged picture as one unequal set', () => {
    const shipped = summaryOf(2);
    const live = summaryOf(2);
    const kept = new Set(live.detail.topImages.subarray(0, topK));
    live.detail.topImages[0] = Array.from({ length: SIZES.images }, (_, i) => i).find(
      (image) => !kept.has(image),
    )!;
    const agreement = agreementOf(live, shipped);
    expect(agreement.equalTopSets).toBeCloseTo((neurons - 1) / neurons, 9);
    expect(agreement.sharedTopImages).toBeCloseTo(1 - 1 / (neurons * topK), 9);
  });

  it('finds the one neuron whose numbers differ', () => {
    const shipped = summaryOf(2);
    const live = summaryOf(2);
    live.overview.typicalNorm[3]! *= 1.01;
    live.detail.means.subarray(2 * dim, 3 * dim).fill(0);
    const agreement = agreementOf(live, shipped);
    expect(agreement.typicalNormError).toBeCloseTo(0.01, 5);
    expect(agreement.meanEffectError).toBeCloseTo(1, 6);
  });

  it('does not hold typical sizes against the mean ones of a pack of version 1', () => {
    expect(agreementOf(summaryOf(2), summaryOf(2), 1).typicalNormError).toBeUndefined();
  });

  it('leaves directions out that are one of several', () => {
    const shipped = summaryOf(2);
    shipped.overview.varianceShares.fill(0.1);
    const agreement = agreementOf(summaryOf(2), shipped);
    expect(agreement.cosineNeurons).toBe(0);
    expect(agreement.cosineSmallest).toBeNaN();
  });
});

describe('time left', () => {
  it('follows the pace of late', () => {
    const pace = remaining();
    expect(pace.secondsLeft(0, 0, 100)).toBeUndefined();
    expect(pace.secondsLeft(10_000, 1, 100)).toBeCloseTo(990);
    for (let i = 1; i <= 40; i++) pace.secondsLeft(10_000 + i * 1000, 1 + i, 100);
    expect(pace.secondsLeft(51_000, 42, 100)).toBeCloseTo(58, 0);
    expect(pace.secondsLeft(52_000, 100, 100)).toBe(0);
  });
  it('starts anew with a new stage, and is unknown for work of unknown size', () => {
    const pace = remaining();
    pace.secondsLeft(0, 0, 100);
    pace.secondsLeft(10_000, 90, 100);
    expect(pace.secondsLeft(11_000, 0, 768)).toBeUndefined();
    expect(pace.secondsLeft(20_000, 5, 0)).toBeUndefined();
  });
});
