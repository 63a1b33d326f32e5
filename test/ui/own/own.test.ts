import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remaining } from '../../../src/state/eta.ts';
import { sortFiles } from '../../../src/ui/own/gatherFiles.ts';
import { progressInWords } from '../../../src/ui/own/progressInWords.ts';
import { mostActive } from '../../../src/ui/own/ranking.ts';

describe('sortFiles', () => {
  it('takes pictures by type or name, names the rest, and passes over system files', () => {
    const file = (name: string, type = ''): File => new File(['x'], name, { type });
    const { pictures, refused } = sortFiles([
      file('a.JPG'),
      file('clip', 'image/png'),
      file('notes.txt', 'text/plain'),
      file('.DS_Store'),
      file('Thumbs.db'),
    ]);
    expect(pictures.map((picture) => picture.name)).toEqual(['a.JPG', 'clip']);
    expect(refused).toEqual([{ name: 'notes.txt', reason: 'This is not a picture file.' }]);
  });
});

describe('time left', () => {
  const at = (done: number, total: number) => ({ stage: '', done, total });

  it('stands beside what is done, once it is known', () => {
    expect(progressInWords(at(5, 10), 20)).toBe('5 of 10, about 20 s left');
    expect(progressInWords(at(1, 10), undefined)).toBe('1 of 10');
    expect(progressInWords(at(10, 10), 3)).toBe('10 of 10');
  });

  it('goes by what was done since the job went on, not by what was there before', () => {
    const pace = remaining();
    expect(pace.secondsLeft(0, 500, 1000)).toBeUndefined();
    expect(pace.secondsLeft(2000, 600, 1000)).toBe(8);
  });
});

describe('mostActive', () => {
  const rows = {
    activations: Float32Array.from([0.1, -3, 2, 9, 9, 9]),
    norms: Float32Array.from([5, 3, 2, 9, 9, 9]),
  };
  const thresholds = Float32Array.from([0.01, 6, 1]);

  it('orders by each measure', () => {
    const order = (ranking: 'relative' | 'activation' | 'norm') =>
      mostActive(rows, 0, thresholds, ranking, 3).map((entry) => entry.neuron);
    expect(order('activation')).toEqual([1, 2, 0]);
    expect(order('norm')).toEqual([0, 1, 2]);
    expect(order('relative')).toEqual([0, 2, 1]);
  });

  it('never divides by a threshold of zero', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2), { minLength: 3, maxLength: 3 }), (list) => {
        for (const entry of mostActive(rows, 1, Float32Array.from(list), 'relative', 3))
          expect(Number.isFinite(entry.relative)).toBe(true);
      }),
    );
  });
});
