import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { FORMULA_IDS } from '../../../src/state/learn/formulaIds.ts';
import { Formula } from '../../../src/ui/learn/math/Formula.tsx';
import { FORMULAS } from '../../../src/ui/learn/math/formulas.ts';
import {
  fraction,
  hat,
  type MathNode,
  row,
  sub,
  subSup,
  sumOver,
} from '../../../src/ui/learn/math/mathml.ts';

/** How many children MathML Core wants. */
const CHILDREN: Partial<Record<MathNode['tag'], number>> = {
  mfrac: 2,
  msub: 2,
  msup: 2,
  msubsup: 3,
  munder: 2,
  mover: 2,
};
const LEAVES = ['mi', 'mn', 'mo', 'mtext'];

function check(node: MathNode): void {
  const { tag, children } = node;
  if (CHILDREN[tag] !== undefined) expect(children, tag).toHaveLength(CHILDREN[tag]);
  for (const child of children) {
    expect(typeof child === 'string', tag).toBe(LEAVES.includes(tag));
    if (typeof child !== 'string') check(child);
  }
}

describe('formulas', () => {
  it.each(FORMULA_IDS)('%s: is MathML as its Core has it, with the same in words', (id) => {
    const { math, alt, name } = FORMULAS[id];
    check(math);
    expect(alt).toMatch(/^[A-Zpxrc].{20,}\.$/);
    expect(name).not.toBe('');
    const html = renderToStaticMarkup(createElement(Formula, { id }));
    expect(html).toContain(`alttext="${alt}"`);
    expect(html).toMatch(/<math display="block"/);
    expect(html).not.toMatch(/undefined|\[object/);
  });

  it('are put together from letters, numbers, words and signs, each as what it is', () => {
    const html = (node: MathNode): string =>
      `<${node.tag}>${node.children.map((child) => (typeof child === 'string' ? child : html(child))).join('')}</${node.tag}>`;
    expect(html(row('x', '=', '2'))).toBe('<mrow><mi>x</mi><mo>=</mo><mn>2</mn></mrow>');
    expect(html(sub('φ', 'share'))).toBe('<msub><mi>φ</mi><mtext>share</mtext></msub>');
    expect(html(fraction('1', subSup('s', 'j', '2')))).toBe(
      '<mfrac><mn>1</mn><msubsup><mi>s</mi><mi>j</mi><mn>2</mn></msubsup></mfrac>',
    );
    expect(html(sumOver('r'))).toBe('<munder><mo>∑</mo><mi>r</mi></munder>');
    expect(html(hat('r'))).toBe('<mover><mi>r</mi><mo>^</mo></mover>');
  });
});
