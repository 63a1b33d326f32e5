import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runtimeFile } from '../../../src/engine/backends/runtimeBytes.ts';
import { isLensError } from '../../../src/errors.ts';
import { type Fault, type FileServer, fileServer } from '../../support/fileServer.ts';

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** Begins as a WASM file does; the rest hardly packs, so that it comes in several pieces. */
const wasm = Uint8Array.from({ length: 300_000 }, (_, i) => MAGIC[i] ?? (i * i * 31 + (i >> 3)) & 255);
const packed = new Uint8Array(gzipSync(wasm));
const damaged = packed.map((byte, i) => (i === packed.length >> 1 ? byte ^ 1 : byte));

let server: FileServer;
beforeAll(async () => {
  server = await fileServer({
    '/plain': wasm,
    '/packed': packed,
    '/cut': packed.slice(0, packed.length / 2),
    '/damaged': damaged,
    '/with more behind': Buffer.concat([packed, wasm]),
    '/page': '<!doctype html><title>Home</title>',
    '/packed page': new Uint8Array(gzipSync('<!doctype html><title>Home</title>')),
    '/short': new Uint8Array([0x1f]),
    '/empty': new Uint8Array(0),
    '/bomb': new Uint8Array(gzipSync(new Uint8Array(200 * 2 ** 20))),
  });
  const faults: Readonly<Record<string, Fault>> = {
    '/broken line': { body: packed, cutAfter: packed.length / 2 },
    '/assets/kept.packed': { body: packed, headers: { 'x-unpacked-as': 'kept.wasm' } },
  };
  server.fault = ({ path }) => faults[path];
});
afterAll(() => server.close());

async function unpacked(address: string): Promise<Buffer> {
  const file = await runtimeFile(address);
  if (file.kind !== 'bytes') throw new Error(`only an address came of ${address}`);
  return Buffer.from(file.bytes);
}

describe('the runtime’s bytes', () => {
  test('come out of the packed file as they went in', async () => {
    expect((await unpacked(`${server.url}/packed`)).equals(wasm)).toBe(true);
  });

  test('come as they are from a server that sends them unpacked', async () => {
    expect((await unpacked(`${server.url}/plain`)).equals(wasm)).toBe(true);
  });

  test('are asked for once more where the line broke', async () => {
    const before = server.fault;
    let times = 0;
    server.fault = () => (++times === 1 ? { body: packed, cutAfter: packed.length / 2 } : { body: packed });
    try {
      expect((await unpacked(`${server.url}/once broken`)).equals(wasm)).toBe(true);
      expect(times).toBe(2);
    } finally {
      server.fault = before;
    }
  });

  test('are left to the runtime where the service worker hands them out unpacked', async () => {
    expect(await runtimeFile(`${server.url}/assets/kept.packed`)).toEqual({
      kind: 'address',
      address: `${server.url}/assets/kept.wasm`,
    });
  });

  test('may arrive byte by byte at first', async () => {
    const pieces = [...[...packed.subarray(0, 9)].map((byte) => Uint8Array.of(byte)), packed.subarray(9)];
    const body = new ReadableStream({
      pull(out) {
        const piece = pieces.shift();
        if (piece) out.enqueue(piece);
        else out.close();
      },
    });
    vi.stubGlobal('fetch', async () => new Response(body));
    try {
      expect((await unpacked('any')).equals(wasm)).toBe(true);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test.each([
    ['/none', /not there \(the server answered 404\).*Load the page again/],
    ['/cut', /incomplete or damaged.*try again/],
    ['/damaged', /incomplete or damaged/],
    ['/with more behind', /incomplete or damaged/],
    ['/broken line', /incomplete or damaged/],
    ['/page', /something else/],
    ['/packed page', /something else/],
    ['/short', /something else/],
    ['/empty', /something else/],
    ['/bomb', /far too large/],
  ])('%s is refused in words a person can act on', async (path, words) => {
    await expectUnavailable(`${server.url}${path}`, words);
  });

  test('a server that is not there is no runtime', async () => {
    await expectUnavailable('http://127.0.0.1:1/runtime', /could not be reached.*Check the connection/);
  });
});

async function expectUnavailable(address: string, words: RegExp): Promise<void> {
  const error = await runtimeFile(address).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLensError(error)) throw new Error(`no LensError but ${String(error)}`);
  expect(error.tag).toBe('unavailable');
  expect(error.message).toMatch(words);
  expect(error.message).toContain(address);
}
