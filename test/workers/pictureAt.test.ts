import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictureAt, pictureUrl } from '../../workers/pictureAt.ts';

/** 1 × 1, as small as a PNG's head may be. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

let server: Server;
let base: string;
const asked: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers.cookie, request.headers.referer);
    if (request.url === '/dot.png') return response.end(PNG);
    if (request.url === '/page') return response.end('<!doctype html><title>no picture</title>');
    if (request.url === '/huge.png') {
      response.writeHead(200, { 'content-length': '200000000' });
      return response.write(PNG);
    }
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a picture from an address', () => {
  it('comes whole, with its kind, and says nothing of who asks', async () => {
    const stages: string[] = [];
    const picture = await pictureAt(` ${base}/dot.png `, { onProgress: ({ stage }) => stages.push(stage) });
    expect(picture.type).toBe('image/png');
    expect(picture.size).toBe(PNG.length);
    expect(stages[0]).toMatch(/^Asking 127\.0\.0\.1/);
    expect(asked.filter(Boolean)).toEqual([]);
  });

  it.each([
    ['/nothing', /server answered 404/],
    ['/page', /is not a PNG.*not of the page that shows it/],
    ['/huge.png', /larger than the 95 MB/],
  ])('%s is refused in a sentence', async (path, sentence) => {
    await expect(pictureAt(base + path, {})).rejects.toThrow(sentence);
  });

  it('says what to do about a server that does not answer', async () => {
    await expect(pictureAt('http://127.0.0.1:9/a.png', {})).rejects.toThrow(/copy it and paste it/);
  });

  it('ends when the person has waited enough', async () => {
    await expect(pictureAt(`${base}/dot.png`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      tag: 'cancelled',
    });
  });
});

describe('an address', () => {
  it.each(['cat', 'javascript:alert(1)', 'file:///etc/passwd', 'data:image/png,', ''])(
    'is not “%s”',
    (text) => {
      expect(() => pictureUrl(text, 'http:')).toThrow(/begins with https/);
    },
  );

  it('of http is refused to a page of https, but for this machine', () => {
    expect(() => pictureUrl('http://example.org/a.png', 'https:')).toThrow(/save the picture/);
    expect(pictureUrl('http://localhost:1/a.png', 'https:').host).toBe('localhost:1');
    expect(pictureUrl('http://example.org/a.png', 'http:').host).toBe('example.org');
  });
});
