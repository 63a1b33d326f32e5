import { describe, expect, it } from 'vitest';
import { drawBox, outlineOf } from '../../../src/ui/panel/figure/box.ts';
import { parseGradient, parsePaint } from '../../../src/ui/panel/figure/paint.ts';
import { scaleFor } from '../../../src/ui/panel/figure/png.ts';
import { element, escapeXml } from '../../../src/ui/panel/figure/svg.ts';
import { wrap } from '../../../src/ui/panel/figure/wrap.ts';

describe('computed colours', () => {
  it.each([
    ['rgb(255, 128, 0)', '#ff8000', 1],
    ['rgba(0, 0, 0, 0.5)', '#000000', 0.5],
    ['rgb(10 20 30 / 25%)', '#0a141e', 0.25],
    ['color(srgb 1 0.5 0 / 0.75)', '#ff8000', 0.75],
    ['color(srgb -0.1 1.2 1e-7)', '#00ff00', 1],
    ['transparent', '#000000', 0],
  ])('%s', (css, colour, opacity) => {
    expect(parsePaint(css)).toEqual({ colour, opacity });
  });
  it('leaves other spaces to the browser', () => {
    expect(parsePaint('oklab(0.5 0.1 0.1)')).toBeUndefined();
  });
});

it('reads gradients along a side, and no others', () => {
  const found = parseGradient(
    'linear-gradient(to right, rgb(0, 0, 0), rgb(255, 0, 0) 25%, rgb(255, 255, 255))',
  );
  expect(found?.to).toEqual([1, 0]);
  expect(found?.stops.map(({ at, colour }) => [at, colour])).toEqual([
    [0, '#000000'],
    [0.25, '#ff0000'],
    [1, '#ffffff'],
  ]);
  expect(parseGradient('linear-gradient(rgb(0, 0, 0), rgb(1, 1, 1))')?.to).toEqual([0, 1]);
  expect(parseGradient('radial-gradient(rgb(0, 0, 0), rgb(1, 1, 1))')).toBeUndefined();
  expect(parseGradient('url("x.png")')).toBeUndefined();
});

describe('boxes', () => {
  const rect = { x: 10, y: 20, width: 40, height: 30 };
  const none = { colour: '#000000', opacity: 0, width: 0, dashed: false };
  const line = { colour: '#112233', opacity: 1, width: 2, dashed: false };

  it('shrinks corners that would meet, as CSS does', () => {
    expect(outlineOf(rect, [0, 0, 0, 0])).toBe('M10 20H50V50H10V20Z');
    expect(outlineOf(rect, [30, 30, 30, 30])).toContain('A15 15');
  });

  it('draws the same frame around once, other sides each as a line, and nothing of nothing', () => {
    const look = { rect, background: { colour: '#ffffff', opacity: 0 }, radii: [0, 0, 0, 0] } as const;
    expect(drawBox({ ...look, sides: [line, line, line, line] }, 'g')).toHaveLength(1);
    const [bottom] = drawBox({ ...look, sides: [none, none, line, none] }, 'g');
    expect(bottom).toBe('<line x1="10" y1="49" x2="50" y2="49" stroke="#112233" stroke-width="2"/>');
    expect(drawBox({ ...look, sides: [none, none, none, none] }, 'g')).toEqual([]);
  });
});

it('writes texts that XML can hold, whatever they are', () => {
  expect(escapeXml('<b a="1">&\u0000\u0007</b>')).toBe('&lt;b a=&quot;1&quot;&gt;&amp;&lt;/b&gt;');
  expect(element('text', { x: 1.23456, y: undefined }, ['a'])).toBe('<text x="1.23">a</text>');
});

it('wraps between words, and breaks a word only when it must', () => {
  const measure = (text: string): number => text.length;
  expect(wrap('one two three', 7, measure)).toEqual(['one two', 'three']);
  expect(wrap('a 123456789 b', 4, measure)).toEqual(['a', '1234', '5678', '9 b']);
  expect(wrap('  ', 4, measure)).toEqual([]);
});

it('draws at twice the screen’s pixels, less where a canvas would not hold it, and says when it cannot', () => {
  expect(scaleFor(800, 600)).toBe(2);
  const large = scaleFor(3000, 2500)!;
  expect(large).toBeGreaterThan(1);
  expect(large * large * 3000 * 2500).toBeLessThanOrEqual(16_000_001);
  expect(scaleFor(9000, 100)).toBeUndefined();
  expect(scaleFor(6000, 6000)).toBeUndefined();
});
