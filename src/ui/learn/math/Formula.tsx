import { createElement, type ReactNode } from 'react';
import type { FormulaId } from '../../../state/learn/formulaIds.ts';
import styles from './formula.module.css';
import { FORMULAS } from './formulas.ts';
import type { MathNode } from './mathml.ts';

/** A formula of the method, typeset by the browser itself from MathML; `alttext` says it in words. */
export function Formula({ id }: { readonly id: FormulaId }) {
  const { math, alt } = FORMULAS[id];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wider than a phone, it scrolls, and must do so for the keyboard too
    // biome-ignore lint/a11y/useSemanticElements: it is no set of fields, and no landmark either
    <div role="group" className={styles.formula} aria-label="Formula" tabIndex={0}>
      {createElement('math', { display: 'block', alttext: alt, className: styles.math }, drawn(math))}
    </div>
  );
}

function drawn({ tag, attributes, children }: MathNode): ReactNode {
  return createElement(
    tag,
    attributes ?? null,
    ...children.map((child) => (typeof child === 'string' ? child : drawn(child))),
  );
}
