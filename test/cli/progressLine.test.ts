import { expect, it } from 'vitest';
import { clock, progressLine } from '../../cli/progressLine.ts';

const run = (isTTY: boolean) => {
  let time = 1e9;
  const written: string[] = [];
  const line = progressLine({ isTTY, write: (text) => written.push(text) }, () => time);
  for (let done = 0; done <= 100; done++) {
    line.report({ stage: 'Block 1', done, total: 100 });
    time += 1000;
  }
  return written;
};

it('says little in a log: every 15 s, and at the end', () => {
  const written = run(false);
  expect(written[0]).toBe('Block 1: 15 of 100, 1:25 left\n');
  expect(written.at(-1)).toBe('Block 1: 100 of 100, took 1:40\n');
  expect(written.length).toBe(7);
});

it('rewrites one line on a terminal', () => {
  const written = run(true);
  expect(written.length).toBe(101);
  expect(written.slice(0, -1).every((text) => text.startsWith('\r') && !text.includes('\n'))).toBe(true);
  expect(written.at(-1)).toMatch(/\n$/);
});

it('clock', () => {
  expect([clock(0), clock(75), clock(3700)]).toEqual(['0:00', '1:15', '1:01:40']);
});
