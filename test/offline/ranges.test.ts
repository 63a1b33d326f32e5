import { expect, test } from 'vitest';
import { answerFrom, rangeOf } from '../../src/offline/ranges.ts';

test.each([
  [null, 'whole'],
  ['bytes=0-9', { begin: 0, end: 10 }],
  ['bytes=90-', { begin: 90, end: 100 }],
  ['bytes=90-500', { begin: 90, end: 100 }],
  ['bytes=-7', { begin: 93, end: 100 }],
  ['bytes=-700', { begin: 0, end: 100 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-4', 'whole'],
  ['bytes=0-1,4-5', 'whole'],
  ['bytes=-', 'whole'],
  ['lines=1-2', 'whole'],
] as const)('%s of 100 bytes', (header, expected) => {
  expect(rangeOf(header, 100)).toEqual(expected);
});

const file = new Blob([Uint8Array.from({ length: 100 }, (_, i) => i)]);

test('a part comes as 206 with where it is', async () => {
  const response = answerFrom(file, new Headers({ 'content-type': 'x/y' }), 'bytes=10-19');
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe('bytes 10-19/100');
  expect(response.headers.get('content-length')).toBe('10');
  expect(response.headers.get('content-type')).toBe('x/y');
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test('behind the end there is nothing, and the size is told', () => {
  const response = answerFrom(file, new Headers(), 'bytes=100-');
  expect(response.status).toBe(416);
  expect(response.headers.get('content-range')).toBe('bytes */100');
});

test('without a range the whole file comes, which can be asked for in parts', async () => {
  const response = answerFrom(file, new Headers(), null);
  expect(response.status).toBe(200);
  expect(response.headers.get('accept-ranges')).toBe('bytes');
  expect((await response.arrayBuffer()).byteLength).toBe(100);
});
