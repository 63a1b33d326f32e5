import sharp from 'sharp';
import { expect, test } from 'vitest';
import { escaped, previewPage } from '../../scripts/previews/page.ts';
import { HEIGHT, linesOf, previewPicture, WIDTH } from '../../scripts/previews/picture.ts';

const PAGE = {
  title: 'Neuron 5 of block 0',
  description: 'a "b" & <script>alert(1)</script>',
  address: 'https://host.test/path/n/model/set/0/5.html',
  picture: 'https://host.test/path/n/model/set/0/5.jpg',
  width: 600,
  height: 315,
  forward: '../../../../#/model/set/0/5',
};

test('words of any kind stay words', () => {
  expect(escaped(`<a href="x" title='y'>&`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;');
  const page = previewPage(PAGE);
  expect(page).not.toContain('<script');
  expect(page).toContain('content="a &quot;b&quot; &amp; &lt;script&gt;alert(1)&lt;/script&gt;"');
});

test('a page is known by its own address, and leads on without a script', () => {
  const page = previewPage(PAGE);
  expect(page).toContain(`<link rel="canonical" href="${PAGE.address}">`);
  expect(page).toContain(`<meta property="og:url" content="${PAGE.address}">`);
  expect(page).toContain(`<meta property="og:image" content="${PAGE.picture}">`);
  expect(page).toContain('<meta name="twitter:card" content="summary_large_image">');
  expect(page).toContain(`<meta http-equiv="refresh" content="0; url=${PAGE.forward}">`);
  expect(page).toContain(`<a href="${PAGE.forward}">`);
  expect(new URL(PAGE.forward, PAGE.address).href).toBe('https://host.test/path/#/model/set/0/5');
});

test('words fill lines, and what does not fit is left out', () => {
  expect(linesOf(['dog', 'wet dog', 'a house on a hill', 'sea'])).toEqual([
    'dog, wet dog',
    'a house on a hill, sea',
  ]);
  expect(linesOf([])).toEqual([]);
  expect(linesOf(['a'.repeat(40)])[0]!.length).toBe(24);
  expect(linesOf(Array.from({ length: 30 }, () => 'twelve signs')).length).toBe(6);
});

test('the picture has its size, shows the nine pictures where they belong, and the words', async () => {
  const pictures = Array.from({ length: 9 }, (_, i) => ({
    side: 8,
    data: Buffer.alloc(3 * 64, 25 * (i + 1)),
  }));
  const jpeg = await previewPicture(pictures, 'Neuron 5', 'block 0', ['dog', '<b>']);
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([WIDTH, HEIGHT, 3]);
  const grey = (x: number, y: number): number => data[3 * (y * WIDTH + x)]!;
  const at = (i: number): number => grey(600 - 309 + 50 + 102 * (i % 3), 6 + 50 + 102 * Math.floor(i / 3));
  for (let i = 0; i < 9; i++) expect(Math.abs(at(i) - 25 * (i + 1))).toBeLessThan(8);
  let light = 0;
  for (let y = 60; y < 110; y++) for (let x = 15; x < 285; x++) light += Number(grey(x, y) > 150);
  expect(light).toBeGreaterThan(200); // the title
});
