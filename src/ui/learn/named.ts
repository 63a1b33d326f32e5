/** What on a page has a name that a person can read or hear. */
const NAMED = '[aria-label], [aria-labelledby], h1, h2, h3, dt, legend, summary, label, th, button, a';
/** A lesson points at the page, not at itself. */
const ASIDE = '[data-lesson-panel]';

/** What can be seen of an element's words: not the words for screen readers alone. */
function wordsOf(element: Element): string {
  if (!element.querySelector('.sr-only')) return element.textContent ?? '';
  const copy = element.cloneNode(true) as Element;
  for (const heard of copy.querySelectorAll('.sr-only')) heard.remove();
  return copy.textContent ?? '';
}

/** What it is called where something else names it, or what it says. */
function namesOf(element: Element): string[] {
  const label = element.getAttribute('aria-label');
  if (label !== null) return [label];
  const by = element.getAttribute('aria-labelledby')?.split(' ') ?? [];
  if (by.length === 0) return [wordsOf(element)];
  return [
    by
      .map((id) => element.ownerDocument.getElementById(id))
      .map((one) => (one ? wordsOf(one) : ''))
      .join(' '),
  ];
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A heading stands for what it heads, a term for itself and its value. */
function standsFor(element: Element): Element {
  if (/^H[123]$/.test(element.tagName)) return element.closest('section, article, header, figure') ?? element;
  if (element.tagName === 'INPUT') return element.closest('form') ?? element;
  if (element.tagName === 'DT') return element.parentElement ?? element;
  return element;
}

/**
 * The part of the page that has a name: an aria-label, or the words of a heading, a term or a control. The whole name
 * goes before its beginning, what comes first before what comes later. Undefined while nothing visible has it.
 */
export function findNamed(name: string, root: ParentNode): Element | undefined {
  let begins: Element | undefined;
  for (const element of root.querySelectorAll(NAMED)) {
    if (element.closest(ASIDE)) continue;
    for (const own of namesOf(element)) {
      const words = plain(own);
      if (!words.startsWith(name) || element.getClientRects().length === 0) continue;
      if (words === name) return standsFor(element);
      begins ??= standsFor(element);
    }
  }
  return begins;
}
