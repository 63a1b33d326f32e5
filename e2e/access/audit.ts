import AxeBuilder from '@axe-core/playwright';
import type { Page as Tab } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules whose answer another theme can change. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** Rules that found something to judge. */
export type Judged = ReadonlySet<string>;

export interface Audit {
  /** A line for each violation. */
  readonly violations: readonly string[];
  readonly judged: Judged;
}

/** Opens everything that is folded away. */
export const unfold = (tab: Tab): Promise<void> =>
  tab.evaluate(() => {
    for (const folded of document.querySelectorAll<HTMLDetailsElement>('main details')) folded.open = true;
  });

/** Frames come sooner; a headless browser was seen to give none for minutes. */
const MOST_MS = 3000;

/** Another theme, as the system gives it, once the page wears it. */
export async function wear(tab: Tab, colorScheme: 'light' | 'dark'): Promise<void> {
  await tab.emulateMedia({ colorScheme });
  // Two frames, by which time what draws a frame later has drawn.
  await tab.evaluate((most) => {
    const frames = new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return Promise.race([frames, new Promise((done) => setTimeout(done, most))]);
  }, MOST_MS);
}

/** Everything axe knows of WCAG 2.2 A and AA, and its good practice, or what of it is about colours. */
export async function audit(tab: Tab, what: 'everything' | 'colours'): Promise<Audit> {
  const axe = new AxeBuilder({ page: tab }).setLegacyMode(); // there are no frames to look into
  const chosen = what === 'everything' ? axe.withTags(RULES) : axe.withRules(OF_COLOURS);
  const { violations, passes } = await chosen.analyze();
  return {
    violations: violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any, all }) => `${id}: ${html.slice(0, 160)} ${(any[0] ?? all[0])?.message ?? ''}`),
    ),
    judged: new Set([...passes, ...violations].map(({ id }) => id)),
  };
}

/**
 * Drawings that say nothing to who cannot see them: every canvas and svg must be hidden from screen readers, because
 * the same stands beside it as text, or have a name of its own.
 */
export const muteDrawings = (tab: Tab): Promise<string[]> =>
  tab.evaluate(() =>
    [...document.querySelectorAll('canvas, svg')]
      .filter((drawing) => drawing.checkVisibility() && !drawing.parentElement?.closest('svg'))
      .filter((drawing) => {
        const named = drawing.getAttribute('role') === 'img' && drawing.getAttribute('aria-label')?.trim();
        return !named && !drawing.closest('[aria-hidden="true"]');
      })
      .map((drawing) => drawing.parentElement!.outerHTML.slice(0, 160)),
  );

/** What makes the page scroll sideways at a width, once it has settled; nothing where it does not. */
export async function sideways(tab: Tab, width: number): Promise<string[]> {
  await tab.setViewportSize({ width, height: 640 });
  let wide: string[] = [];
  for (let tries = 0; tries < 10; tries++) {
    await tab.waitForTimeout(100);
    wide = await tab.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      const main = document.getElementById('main')!;
      if (scrollWidth <= clientWidth && main.scrollWidth <= main.clientWidth) return [];
      const beyond = [...document.querySelectorAll('body *')].filter(
        (element) => element.checkVisibility() && element.getBoundingClientRect().right > clientWidth + 1,
      );
      return [`${scrollWidth} of ${clientWidth} px`, ...beyond.map((one) => one.outerHTML.slice(0, 120))];
    });
    if (wide.length === 0) break;
  }
  return wide.slice(0, 6);
}

/** Texts cut off by the line, letter and word spacing of WCAG 1.4.12 that were whole without it. */
export async function cutBySpacing(tab: Tab): Promise<string[]> {
  const cut = () =>
    tab.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return [...document.querySelectorAll('main *, header *, footer *')].flatMap((element) => {
        const style = getComputedStyle(element);
        const hides = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim());
        if (!own || !element.checkVisibility() || element.closest('.sr-only')) return [];
        const over =
          (hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1) ||
          (hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1);
        return over ? [element.outerHTML.slice(0, 120)] : [];
      });
    });
  const before = new Set(await cut());
  await tab.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }',
    );
    document.adoptedStyleSheets = [sheet];
  });
  const after = await cut();
  await tab.evaluate(() => {
    document.adoptedStyleSheets = [];
  });
  return after.filter((text) => !before.has(text));
}

/** What still moves for a person who asked for stillness: running animations, and transitions of more than 1 ms. */
export const moving = (tab: Tab): Promise<string[]> =>
  tab.evaluate(() => {
    const longest = (times: string): number =>
      Math.max(...times.split(',').map((time) => Number.parseFloat(time) * (time.includes('ms') ? 1 : 1000)));
    const styled = [...document.querySelectorAll('body, body *')].flatMap((element) =>
      ['', '::before', '::after'].flatMap((part) => {
        const style = getComputedStyle(element, part || null);
        const still = longest(style.transitionDuration) <= 1 && longest(style.animationDuration) <= 1;
        return still ? [] : [`${element.tagName}.${element.getAttribute('class')}${part}`];
      }),
    );
    const running = document
      .getAnimations()
      .filter((animation) => animation.playState === 'running')
      .map((animation) => Number(animation.effect?.getComputedTiming().duration ?? 0))
      .filter((duration) => duration > 1);
    return [...styled, ...running.map((duration) => `an animation of ${duration} ms`)];
  });

/** Where the Tab key leads on a page. */
export interface TabWalk {
  /** Elements that had the focus without a ring that could be seen. */
  readonly ringless: readonly string[];
  /** Tab stops before the first came again; undefined when it never did: a trap. */
  readonly stops: number | undefined;
}

/** Presses Tab until the first stop comes round again. */
export async function walk(tab: Tab, most = 300): Promise<TabWalk> {
  const ringless: string[] = [];
  await tab.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    Object.assign(window, { tabbed: new Set<Element>() });
  });
  for (let stops = 0; stops < most; stops++) {
    await tab.keyboard.press('Tab');
    const { again, ring, what } = await tab.evaluate(() => {
      const { tabbed } = window as unknown as { tabbed: Set<Element> };
      const element = document.activeElement;
      if (!element || element === document.body) return { again: tabbed.size > 0, ring: true, what: '' };
      const again = tabbed.has(element);
      tabbed.add(element);
      let ring = false;
      for (let at: Element | null = element, up = 0; at && up < 5 && !ring; at = at.parentElement, up++) {
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        ring = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
      }
      return { again, ring, what: element.outerHTML.slice(0, 140) };
    });
    if (again) return { ringless, stops };
    if (!ring) ringless.push(what);
  }
  return { ringless, stops: undefined };
}

/** The page as its outline: how many main headings, levels that are skipped, landmarks. */
export const outline = (
  tab: Tab,
): Promise<{ readonly title: string; readonly mainHeadings: number; readonly skipped: string[] }> =>
  tab.evaluate(() => {
    const headings = [...document.querySelectorAll('h1, h2, h3, h4')].filter((one) => one.checkVisibility());
    const level = (heading: Element): number => Number(heading.tagName[1]);
    const skipped = headings.filter((heading, i) => i > 0 && level(heading) > level(headings[i - 1]!) + 1);
    return {
      title: document.title,
      mainHeadings: headings.filter((heading) => level(heading) === 1).length,
      skipped: skipped.map((heading) => heading.outerHTML.slice(0, 120)),
    };
  });
