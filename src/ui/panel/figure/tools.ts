import { paintOf, pixels } from './look.ts';

/** Things to act with, which say nothing in print. */
const TOOLS =
  '[data-export="no"], .button, label, input, select, textarea, video, iframe, [role="radiogroup"], [role="menu"], [role="progressbar"]';

export const isTool = (part: Element): boolean =>
  part.matches(TOOLS) || (part instanceof HTMLButtonElement && looksLikeButton(getComputedStyle(part)));

/** A button with a frame around it or a ground of its own; others are pictures and words that can be pressed. */
const looksLikeButton = (style: CSSStyleDeclaration): boolean =>
  (pixels(style.borderTopWidth) > 0 && paintOf(style.borderTopColor).opacity > 0) ||
  paintOf(style.backgroundColor).opacity > 0;

/**
 * Does something while a panel is laid out without its tools, so that they leave no holes. All in one go: the
 * browser paints nothing of it. What is drawn to its own measure (`data-export="fixed"`) keeps its size.
 */
export function withoutTools<T>(panel: Element, work: () => T): T {
  const before = new Map<HTMLElement, string>();
  const restyle = (part: Element, style: Readonly<Record<string, string>>): void => {
    if (!(part instanceof HTMLElement)) return;
    if (!before.has(part)) before.set(part, part.style.cssText);
    for (const [name, value] of Object.entries(style)) part.style.setProperty(name, value, 'important');
  };
  const fixed = [...panel.querySelectorAll('[data-export="fixed"]')].map((part) => ({
    part,
    height: part.getBoundingClientRect().height,
  }));
  const tools = [...panel.querySelectorAll('*')].filter(isTool);
  try {
    for (const { part, height } of fixed) restyle(part, { 'block-size': `${height}px`, flex: 'none' });
    // What has the focus would lose it.
    for (const part of tools) if (!part.contains(document.activeElement)) restyle(part, { display: 'none' });
    return work();
  } finally {
    // Not as an attribute: that would be an inline style, which the page's security policy forbids.
    for (const [part, style] of before) part.style.cssText = style;
  }
}
