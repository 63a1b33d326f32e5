import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Keeper } from '../../src/offline/keeper.ts';
import { addressIn, type Release } from '../../src/offline/release.ts';
import { FakeCaches } from './fakeCaches.ts';

const SCOPE = 'https://host.test/deep/';
const sha = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

type Files = Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;
const ONE = {
  'index.html': '<one>',
  'assets/one.js': 'one()',
  'assets/ort.wasm': 'wasm of both versions',
  'packs/p/pack.json': '{"of":1}',
};
const TWO = { ...ONE, 'index.html': '<two>', 'packs/p/pack.json': '{"of":2}' };

function releaseOf(files: Files, version: string): Release {
  const list = Object.entries(files).map(([path, content]) => ({
    path,
    bytes: content.length,
    hash: sha(content),
  }));
  return { version, files: list };
}

/** A host that serves some files, and what was asked of it. */
function host(files: Files, caches = new FakeCaches()) {
  const asked: string[] = [];
  const served = { files };
  const ports = {
    caches: caches as unknown as CacheStorage,
    async fetch(address: string, { cache }: RequestInit) {
      asked.push(`${address.slice(SCOPE.length)} ${cache}`);
      const path = Object.keys(served.files).find((name) => addressIn(SCOPE, name) === address);
      return path ? new Response(served.files[path]) : new Response('none', { status: 404 });
    },
    hash: async (bytes: ArrayBuffer) => sha(new Uint8Array(bytes)),
  };
  return { ports, asked, caches, served };
}

async function keepAll(keeper: Keeper): Promise<void> {
  await keeper.keepShell();
  while ((await keeper.keepNext()).missing > 0);
}

const get = (path: string, headers: HeadersInit = {}): Request =>
  new Request(addressIn(SCOPE, path), { headers });

describe('keeping', () => {
  test('the shell first, then a file at a time, with what is here told in bytes', async () => {
    const { ports } = host(ONE);
    const keeper = new Keeper(releaseOf(ONE, 'v1'), SCOPE, ports);
    await keeper.keepShell();
    const shell = ONE['index.html']!.length + ONE['assets/one.js']!.length;
    expect(await keeper.status()).toMatchObject({ version: 'v1', kept: shell, missing: 2 });
    expect(await keeper.keepNext()).toMatchObject({ kept: shell + 8, missing: 1 });
    const last = await keeper.keepNext();
    expect(last.kept).toBe(last.total);
    expect(await keeper.keepNext()).toEqual(last);
  });

  test('a file of another version is never kept, and asked for once more past the browser’s own cache', async () => {
    const { ports, asked } = host(TWO);
    const keeper = new Keeper(releaseOf(ONE, 'v1'), SCOPE, ports);
    await expect(keeper.keepShell()).rejects.toThrow('not the file of this version');
    expect(asked.filter((line) => !line.startsWith('assets'))).toEqual([' default', ' reload']);
    expect(await (await keeper.answer(get('index.html'))).text()).toBe('<two>'); // not kept: the server's
  });

  test('the same file is fetched once, however many ask', async () => {
    const { ports, asked } = host(ONE);
    const keeper = new Keeper(releaseOf(ONE, 'v1'), SCOPE, ports);
    await Promise.all([keeper.keepShell(), keeper.keepShell(), keeper.keepNext()]);
    expect(new Set(asked).size).toBe(asked.length);
  });
});

describe('answering', () => {
  test('only its own listed files, by GET', async () => {
    const keeper = new Keeper(releaseOf(ONE, 'v1'), SCOPE, host(ONE).ports);
    expect(keeper.knows(get('assets/one.js'))).toBe(true);
    expect(keeper.knows(get('n/model/set/0/1.html'))).toBe(false);
    expect(keeper.knows({ method: 'POST', url: SCOPE })).toBe(false);
    expect(keeper.knows({ method: 'GET', url: 'https://else.test/deep/index.html' })).toBe(false);
  });

  test('out of the cache without the host, with types, isolation and ranges', async () => {
    const { ports, served } = host(ONE);
    const keeper = new Keeper(releaseOf(ONE, 'v1'), SCOPE, ports);
    await keepAll(keeper);
    served.files = {};
    const page = await keeper.answer(get('index.html'));
    expect(await page.text()).toBe('<one>');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    const part = await keeper.answer(get('assets/ort.wasm', { Range: 'bytes=5-6' }));
    expect([part.status, await part.text()]).toEqual([206, 'of']);
    expect(part.headers.get('content-type')).toBe('application/wasm');
  });

  test('a packed file as it is and, under its second name, unpacked', async () => {
    const packed = { ...ONE, 'assets/run.packed': new Uint8Array(gzipSync('the runtime')) };
    const { ports, served } = host(packed);
    const keeper = new Keeper(releaseOf(packed, 'v1'), SCOPE, ports);
    expect(keeper.knows(get('assets/run.wasm'))).toBe(true);
    expect(keeper.knows(get('assets/other.wasm'))).toBe(false);
    const early = await keeper.answer(get('assets/run.packed'));
    expect(early.headers.get('x-unpacked-as')).toBeNull(); // it is on its way: not to be asked for twice
    expect(await (await keeper.answer(get('assets/run.wasm'))).text()).toBe('the runtime');

    await keepAll(keeper);
    served.files = {};
    const asIs = await keeper.answer(get('assets/run.packed'));
    expect(asIs.headers.get('content-type')).toBe('application/octet-stream');
    expect(asIs.headers.get('x-unpacked-as')).toBe('run.wasm');
    expect(gunzipSync(await asIs.arrayBuffer()).toString()).toBe('the runtime');
    const unpacked = await keeper.answer(get('assets/run.wasm'));
    expect(unpacked.headers.get('content-type')).toBe('application/wasm');
    expect(await unpacked.text()).toBe('the runtime');
  });

  test('what is not kept yet comes from the host, with the same headers', async () => {
    const keeper = new Keeper(releaseOf(ONE, 'v1'), SCOPE, host(ONE).ports);
    const page = await keeper.answer(get('index.html'));
    expect(await page.text()).toBe('<one>');
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });
});

describe('a new version', () => {
  test('leaves the old one whole until it takes over, and fetches only what changed', async () => {
    const caches = new FakeCaches();
    const old = host(ONE, caches);
    const first = new Keeper(releaseOf(ONE, 'v1'), SCOPE, old.ports);
    await keepAll(first);
    const renewed = host(TWO, caches);
    const second = new Keeper(releaseOf(TWO, 'v2'), SCOPE, renewed.ports);
    await second.keepShell();
    expect(renewed.asked).toEqual([' default']);
    expect(await (await first.answer(get('index.html'))).text()).toBe('<one>');
    expect(await (await first.answer(get('packs/p/pack.json'))).text()).toBe('{"of":1}');
    await second.replaceOthers();
    expect(await caches.keys()).toEqual(['neuronlens /deep/ v2']);
    await keepAll(second);
    expect(renewed.asked).toEqual([' default', 'packs/p/pack.json default']);
    expect(await (await second.answer(get('packs/p/pack.json'))).text()).toBe('{"of":2}');
  });

  test('forgetting deletes this page’s caches and no others', async () => {
    const caches = new FakeCaches();
    await caches.open('neuronlens /elsewhere/ v9');
    const keeper = new Keeper(releaseOf(ONE, 'v1'), SCOPE, host(ONE, caches).ports);
    await keepAll(keeper);
    await keeper.forget();
    expect(await caches.keys()).toEqual(['neuronlens /elsewhere/ v9']);
  });
});
