import type { FormulaId } from '../../../state/learn/formulaIds.ts';
import {
  bar,
  fraction,
  hat,
  inner,
  lines,
  type MathNode,
  named,
  norm,
  of,
  row,
  size,
  sub,
  subSup,
  sumOver,
  sup,
} from './mathml.ts';

/** A formula of docs/method.md, and the same as it is read aloud. */
export interface FormulaEntry {
  readonly name: string;
  readonly math: MathNode;
  readonly alt: string;
}

const effect = of(sub('φ', 'n'), 'I');
const centred = row(effect, '−', sub(bar('φ'), 'n'));
const direction = sub('r', 'n');

export const FORMULAS: Record<FormulaId, FormulaEntry> = {
  secondOrder: {
    name: 'Second-order effect',
    math: lines(
      row(
        effect,
        '=',
        fraction('100', row('s', norm('emb'))),
        sumOver('r'),
        of(sub('c', row('n', ',', 'r')), 'I'),
        sub('u', row('n', ',', 'r')),
        '+',
        of('e', 'I'),
      ),
      row(
        of(sub('c', row('n', ',', 'r')), 'I'),
        '=',
        sumOver('i'),
        sub('p', row('i', ',', 'n')),
        fraction(sub('a', row('r', ',', 'i')), sub('σ', row('r', ',', 'i'))),
      ),
    ),
    alt: 'phi n of I equals one hundred over s times the length of the embedding, times the sum over later heads r of c n r of I times u n r, plus e of I. c n r of I equals the sum over patches i of p i n times a r i over sigma r i.',
  },
  activation: {
    name: 'Signed activation',
    math: row(of(sub('x', 'n'), 'I'), '=', inner(centred, direction)),
    alt: 'x n of I equals the inner product of phi n of I minus mean phi n with r n.',
  },
  direction: {
    name: 'Direction',
    math: row(
      direction,
      '=',
      named('arg max', row(norm('v'), '=', '1')),
      sumOver(row('I', '∈', 'top')),
      sup(inner(centred, 'v'), '2'),
    ),
    alt: 'r n is the vector v of length 1 that makes the sum over the strongest pictures I of the squared inner product of phi n of I minus mean phi n with v largest.',
  },
  varianceShare: {
    name: 'Variance share',
    math: row('share', '=', fraction(subSup('s', '1', '2'), row(sumOver('j'), subSup('s', 'j', '2')))),
    alt: 'The variance share is s 1 squared over the sum of all s j squared.',
  },
  pursuit: {
    name: 'Words: orthogonal matching pursuit',
    math: lines(
      row(sup('j', '∗'), '=', named('arg max', 'j'), size(inner(row('r', '−', hat('r')), sub('t', 'j')))),
      row(
        hat('r'),
        '=',
        sumOver(row('j', '∈', 'S')),
        sub('γ', 'j'),
        sub('t', 'j'),
        ',',
        'γ',
        '=',
        named('arg min', 'γ'),
        sup(norm(row('r', '−', sumOver(row('j', '∈', 'S')), sub('γ', 'j'), sub('t', 'j'))), '2'),
      ),
    ),
    alt: 'The next text j star has the largest inner product, in size, with r minus r hat. r hat is the sum over the chosen texts j of gamma j times t j, with the gammas that make the squared length of r minus that sum smallest.',
  },
  r2: {
    name: 'R² of a description',
    math: row(
      sup('R', '2'),
      '=',
      '1',
      '−',
      fraction(sup(norm(row('r', '−', hat('r'))), '2'), sup(norm('r'), '2')),
    ),
    alt: 'R squared equals one minus the squared length of r minus r hat over the squared length of r.',
  },
  ablation: {
    name: 'A picture without some neurons',
    math: row(
      of(sup('rep', '−'), 'I'),
      '=',
      of('rep', 'I'),
      '−',
      sumOver(row('n', '∈', 'off')),
      row('(', centred, ')'),
    ),
    alt: 'The representation without them equals the representation of I minus the sum over the neurons n that are off of phi n of I minus mean phi n.',
  },
};
