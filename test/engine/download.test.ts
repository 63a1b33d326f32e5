import { afterEach, describe, expect, it, vi } from 'vitest';
import { download, downloadJson } from '../../workers/download.ts';

const serve = (body: BodyInit | undefined, init: ResponseInit = {}) =>
  vi.stubGlobal('fetch', async () => new Response(body, init));
afterEach(() => vi.unstubAllGlobals());

const bytes = (count: number) => Uint8Array.from({ length: count }, (_, i) => i % 251);

describe('download', () => {
  it('gives the bytes, whether or not the server says how many', async () => {
    const body = bytes(3_000_000);
    for (const length of [undefined, String(body.length)]) {
      serve(body, length ? { headers: { 'content-length': length } } : {});
      const seen: number[] = [];
      const got = await download('/a', { limit: 4_000_000, onBytes: (done) => seen.push(done) });
      expect(Buffer.compare(got, body)).toBe(0);
      expect(seen.at(-1)).toBe(body.length);
    }
  });

  it('takes no length from a packed answer', async () => {
    serve(bytes(10), { headers: { 'content-length': '3', 'content-encoding': 'gzip' } });
    expect(await download('/a', { limit: 100 })).toHaveLength(10);
  });

  it('says which address is not there and what the server answered', async () => {
    serve('nothing', { status: 403 });
    await expect(download('/some/model', { limit: 10 })).rejects.toMatchObject({
      tag: 'unavailable',
      message: expect.stringMatching(/\/some\/model.*403/),
    });
  });

  it.each([
    ['announced', { headers: { 'content-length': '2000' } }],
    ['unannounced', {}],
  ])('refuses an %s file beyond the limit', async (_, init) => {
    serve(bytes(2000), init);
    await expect(download('/a', { limit: 1000 })).rejects.toMatchObject({ tag: 'bad-file' });
  });

  it('notices a file that ends early', async () => {
    serve(bytes(10), { headers: { 'content-length': '20' } });
    await expect(download('/a', { limit: 100 })).rejects.toMatchObject({ tag: 'bad-file' });
  });

  it('tells a cancel from a network that is down', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('failed');
    });
    await expect(download('/a', { limit: 1 })).rejects.toMatchObject({ tag: 'unavailable' });
    await expect(download('/a', { limit: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({
      tag: 'cancelled',
    });
  });

  it('calls what is not JSON a bad file', async () => {
    serve('<html>');
    await expect(downloadJson('/a.json', { limit: 100 })).rejects.toMatchObject({ tag: 'bad-file' });
  });
});
