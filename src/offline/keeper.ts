import { headersFor, typeOf } from './headers.ts';
import type { KeptStatus } from './messages.ts';
import { answerFrom } from './ranges.ts';
import {
  addressIn,
  INDEX,
  inOrderOfKeeping,
  isShell,
  packedName,
  pathIn,
  type Release,
  type ReleaseFile,
  unpackedName,
} from './release.ts';

/** What keeping takes of the outside: the browser's, or a test's. */
export interface KeeperPorts {
  readonly caches: CacheStorage;
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
  /** SHA-256, hex. */
  readonly hash: (bytes: ArrayBuffer) => Promise<string>;
}

/** Says of a kept file which content it is: the next release takes over what has not changed. */
const HASH_HEADER = 'x-content-hash';

/** Says of a packed file that is kept under which name it is had unpacked (src/engine/backends/runtimeBytes.ts). */
const UNPACKED_HEADER = 'x-unpacked-as';

/**
 * One release of the page, kept in one cache of the browser: its listed files and nothing else, each checked against
 * its hash before it is kept. So a cache never mixes two releases, whatever a server sends while it is being renewed.
 */
export class Keeper {
  readonly #release: Release;
  readonly #scope: string;
  readonly #ports: KeeperPorts;
  readonly #files: ReadonlyMap<string, ReleaseFile>;
  readonly #running = new Map<string, Promise<boolean>>();

  /** @param scope the page's folder, an absolute URL with a slash at its end */
  constructor(release: Release, scope: string, ports: KeeperPorts) {
    this.#release = release;
    this.#scope = scope;
    this.#ports = ports;
    this.#files = new Map(release.files.map((file) => [file.path, file]));
  }

  /** Two explorers on one host keep apart, by their folders. */
  get #prefix(): string {
    return `neuronlens ${new URL(this.#scope).pathname} `;
  }

  #cache(): Promise<Cache> {
    return this.#ports.caches.open(`${this.#prefix}${this.#release.version}`);
  }

  /** Keeps what the page cannot start without. @throws Error when any of it cannot be had: then nothing is installed */
  async keepShell(): Promise<void> {
    await Promise.all(this.#release.files.filter(isShell).map((file) => this.#keep(file)));
  }

  /** Keeps one more file, if one is missing. @throws Error when it cannot be fetched, is another one, or has no room */
  async keepNext(): Promise<KeptStatus> {
    const missing = await this.#missing();
    if (missing[0]) await this.#keep(missing[0]);
    return this.status();
  }

  async status(): Promise<KeptStatus> {
    const missing = await this.#missing();
    const sum = (files: readonly ReleaseFile[]): number =>
      files.reduce((bytes, file) => bytes + file.bytes, 0);
    const total = sum(this.#release.files);
    return { version: this.#release.version, total, kept: total - sum(missing), missing: missing.length };
  }

  async #missing(): Promise<readonly ReleaseFile[]> {
    const kept = await (await this.#cache()).keys();
    const paths = new Set(kept.map(({ url }) => pathIn(this.#scope, url)));
    return inOrderOfKeeping(this.#release.files.filter(({ path }) => !paths.has(path)));
  }

  /** Once at a time for each file. */
  #keep(file: ReleaseFile): Promise<boolean> {
    const running = this.#running.get(file.path);
    if (running) return running;
    const keeping = this.#keepNow(file).finally(() => this.#running.delete(file.path));
    this.#running.set(file.path, keeping);
    return keeping;
  }

  async #keepNow(file: ReleaseFile): Promise<boolean> {
    const cache = await this.#cache();
    const address = addressIn(this.#scope, file.path);
    if (await cache.match(address)) return false;
    const bytes = (await this.#fromOlder(file)) ?? (await this.#fetched(file));
    const headers = { 'content-type': typeOf(file.path), [HASH_HEADER]: file.hash };
    await cache.put(address, new Response(bytes, { headers }));
    return true;
  }

  /** The same content in the cache of another release. */
  async #fromOlder({ path, hash }: ReleaseFile): Promise<Blob | undefined> {
    for (const name of await this.#others()) {
      const response = await (await this.#ports.caches.open(name)).match(addressIn(this.#scope, path));
      if (response?.headers.get(HASH_HEADER) === hash) return response.blob();
    }
    return undefined;
  }

  /** What was just loaded by the page comes from the browser's own cache, unless that holds another content. */
  async #fetched(file: ReleaseFile): Promise<ArrayBuffer> {
    const address = addressIn(this.#scope, file.path);
    for (const cache of ['default', 'reload'] as const) {
      const response = await this.#ports.fetch(address, { cache, credentials: 'same-origin', ...LOW });
      if (!response.ok) throw new Error(`${address} is not there (the server answered ${response.status}).`);
      const bytes = await response.arrayBuffer();
      if ((await this.#ports.hash(bytes)) === file.hash) return bytes;
    }
    throw new Error(`${address} is not the file of this version.`);
  }

  async #others(): Promise<readonly string[]> {
    const own = `${this.#prefix}${this.#release.version}`;
    return (await this.#ports.caches.keys()).filter((name) => name.startsWith(this.#prefix) && name !== own);
  }

  /** Takes over from older releases what has not changed, then deletes them. */
  async replaceOthers(): Promise<void> {
    const others = await this.#others();
    if (others.length === 0) return;
    const cache = await this.#cache();
    for (const file of await this.#missing()) {
      const bytes = await this.#fromOlder(file);
      const headers = { 'content-type': typeOf(file.path), [HASH_HEADER]: file.hash };
      if (bytes) await cache.put(addressIn(this.#scope, file.path), new Response(bytes, { headers }));
    }
    await Promise.all(others.map((name) => this.#ports.caches.delete(name)));
  }

  /** Deletes all that any release of this page kept. */
  async forget(): Promise<void> {
    const names = (await this.#ports.caches.keys()).filter((name) => name.startsWith(this.#prefix));
    await Promise.all(names.map((name) => this.#ports.caches.delete(name)));
  }

  /** Whether a request is for one of this release's files: all others are left to the browser. */
  knows({ method, url }: Pick<Request, 'method' | 'url'>): boolean {
    const path = pathIn(this.#scope, url);
    return (
      method === 'GET' && path !== undefined && (this.#files.has(path) || this.#packed(path) !== undefined)
    );
  }

  /** The packed file of this release that `path` is the second name of. */
  #packed(path: string): string | undefined {
    const packed = packedName(path);
    return packed !== undefined && !this.#files.has(path) && this.#files.has(packed) ? packed : undefined;
  }

  /** The answer to a request that it knows: out of the cache, or from the server where it is not kept yet. */
  async answer(request: Request): Promise<Response> {
    const path = pathIn(this.#scope, request.url) ?? INDEX;
    const packed = this.#packed(path);
    if (packed) return this.#unpacked(packed, path);
    const kept = await (await this.#cache()).match(addressIn(this.#scope, path));
    const headers = new Headers(headersFor(path));
    if (!kept) return withHeaders(await this.#ports.fetch(request.url, passedOn(request)), headers);
    headers.set('content-type', typeOf(path));
    const unpacked = unpackedName(path)?.split('/').at(-1);
    if (unpacked) headers.set(UNPACKED_HEADER, unpacked);
    return answerFrom(await kept.blob(), headers, request.headers.get('range'));
  }

  /** The content of a packed file, under the address and with the type that browsers keep compiled code for. */
  async #unpacked(packed: string, path: string): Promise<Response> {
    const address = addressIn(this.#scope, packed);
    const response =
      (await (await this.#cache()).match(address)) ??
      (await this.#ports.fetch(address, { credentials: 'same-origin' }));
    if (!response.ok || !response.body) return response;
    const headers = { ...headersFor(path), 'content-type': typeOf(path) };
    return new Response(response.body.pipeThrough(new DecompressionStream('gzip')), { headers });
  }
}

/** A browser that knows priorities fetches what the page itself asks for first. */
const LOW = { priority: 'low' } as const;

/** A navigation cannot be fetched as such; what matters of it is its address. */
const passedOn = ({ headers, signal, cache }: Request): RequestInit => ({
  headers: headers.get('range') ? { range: headers.get('range')! } : {},
  credentials: 'same-origin',
  signal,
  cache,
});

function withHeaders(response: Response, more: Headers): Response {
  const headers = new Headers(response.headers);
  more.forEach((value, name) => {
    headers.set(name, value);
  });
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
