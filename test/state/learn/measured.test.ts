import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MEASURED } from '../../../src/state/learn/measured.ts';

const results = readFileSync(new URL('../../../docs/results.md', import.meta.url), 'utf8');
const partOf = (name: string): string => results.split(`<!-- ${name} -->`)[1]!;

/** The numbers in a cell of the first table of a part: -14.2, 1.3 and -3.1 of “-14.2 ± 1.3 (-3.1)”. */
function numbersIn(part: string, row: string, column: string): number[] {
  const lines = partOf(part)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
  const at = lines[0]!.indexOf(column);
  const cell = lines.find(([name]) => name === row)![at]!;
  return cell.match(/-?\d+(\.\d+)?/g)!.map(Number);
}

/** Points lost, as a number of 0 and more. */
const lost = (row: string, column: string): number => 0 - numbersIn('ablate', row, column)[0]!;

describe('the figures that lessons tell', () => {
  it('are those of the ablations in docs/results.md', () => {
    const { scenes, withoutEffects, fromDirections, randomPush } = MEASURED;
    expect(partOf('ablate')).toMatch(new RegExp(`^\\s*\\*\\*trained styles\\*\\*, ${scenes} scenes`));
    const withoutAll = 'without all (random push)';
    expect(withoutEffects).toEqual([lost('0', withoutAll), lost('1', withoutAll)]);
    const direction = 'from principal direction';
    expect(fromDirections).toEqual([lost('0', direction), lost('1', direction)]);
    expect(randomPush).toBe(-numbersIn('ablate', '0', withoutAll)[2]!);
  });

  it('“the later blocks’ effects hardly matter”: less than a point', () => {
    for (const block of ['2', '3', '4'])
      expect(Math.abs(lost(block, 'without all (random push)'))).toBeLessThan(1);
  });

  it('are those of the adversarial words in docs/results.md', () => {
    const success = (words: string) => numbersIn('adversarial', words, 'success, %')[0];
    expect(MEASURED.fooled).toEqual({
      byNeurons: success('second-order words'),
      byRandomWords: success('random words'),
      byDifference: success('words along the difference'),
    });
  });
});
