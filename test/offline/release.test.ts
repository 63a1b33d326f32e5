import { expect, test } from 'vitest';
import { addressIn, inOrderOfKeeping, isShell, pathIn } from '../../src/offline/release.ts';

const SCOPE = 'https://host.test/some/deep/path/';

test.each([
  [SCOPE, 'index.html'],
  [`${SCOPE}#/pictogram-clip/pictograms/0`, 'index.html'],
  [`${SCOPE}index.html`, 'index.html'],
  [`${SCOPE}assets/a%20b.js`, 'assets/a b.js'],
  [`${SCOPE}assets/a.js?v=1`, undefined],
  ['https://host.test/some/deep/', undefined],
  ['https://host.test/some/deep/pathology/a.js', undefined],
  ['https://else.test/some/deep/path/a.js', undefined],
  [`${SCOPE}%E0%A4%A`, undefined],
])('%s', (address, path) => {
  expect(pathIn(SCOPE, address)).toBe(path);
});

test('an address leads back to its file', () => {
  for (const path of ['index.html', 'assets/a b.js', 'sets/x/50%.webp']) {
    expect(pathIn(SCOPE, addressIn(SCOPE, path))).toBe(path);
  }
});

test('the page comes first, then the small files, the runtime last', () => {
  const file = (path: string, bytes: number) => ({ path, bytes, hash: '' });
  const files = [
    file('assets/ort.packed', 27e6),
    file('packs/p/pack.json', 100),
    file('assets/index.js', 3e5),
    file('index.html', 2000),
    file('models/m/model.safetensors', 8e6),
  ];
  expect(inOrderOfKeeping(files).map(({ path }) => path)).toEqual([
    'index.html',
    'assets/index.js',
    'packs/p/pack.json',
    'models/m/model.safetensors',
    'assets/ort.packed',
  ]);
  expect(files.filter(isShell).length).toBe(2);
});
