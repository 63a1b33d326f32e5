import { joined } from '../../bytes.ts';
import { LensError } from '../../errors.ts';

const GZIP = [0x1f, 0x8b];
const WASM = [0x00, 0x61, 0x73, 0x6d];

/** The runtime has 27 MB; what unpacks to far more is none. */
const MOST_BYTES = 96 * 2 ** 20;

/** By this header the service worker says under which name it hands the file out unpacked (src/offline/keeper.ts). */
const UNPACKED_AS = 'x-unpacked-as';

/** How the runtime gets its WebAssembly: fetched by itself from an address, or from memory. */
export type RuntimeFile =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'bytes'; readonly bytes: ArrayBuffer };

/**
 * The WebAssembly file of the runtime. Where the service worker has it, an address: browsers keep compiled code only of
 * what comes from one, and the next start is quicker by all the compiling. Else it is fetched and unpacked here; its
 * first bytes say whether it is packed: builds ship it gzipped (scripts/vite/runtime.ts), the development server sends
 * it as it is, and so does a host that unpacks it itself.
 * What broke off on its way is asked for once more, past the browser's cache.
 * @param address absolute, or relative to the worker
 * @throws LensError `unavailable` when it cannot be fetched, breaks off, or is something else
 */
export async function runtimeFile(address: string): Promise<RuntimeFile> {
  return attempt(address, 'default').catch((error: unknown) => {
    if (error instanceof BrokenOff) return attempt(address, 'reload');
    throw error;
  });
}

async function attempt(address: string, cache: RequestCache): Promise<RuntimeFile> {
  const { headers, url, body } = await fetched(address, cache);
  const name = headers.get(UNPACKED_AS);
  if (name) {
    void body.cancel().catch(() => undefined);
    return { kind: 'address', address: new URL(name, url).href };
  }
  return { kind: 'bytes', bytes: await unpacked(body, address) };
}

async function unpacked(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  address: string,
): Promise<ArrayBuffer> {
  const [first, body] = stream.tee();
  const packed = startsWith(await beginning(first, address), GZIP);
  const plain = packed ? body.pipeThrough(new DecompressionStream('gzip')) : body;
  const bytes = await collected(plain, address);
  if (!startsWith(bytes, WASM)) {
    throw unavailable(
      address,
      'is not what its name says: the server sent something else. Load the page again.',
    );
  }
  return bytes.buffer;
}

async function fetched(address: string, cache: RequestCache) {
  const response = await fetch(address, { credentials: 'same-origin', cache }).catch((cause: unknown) => {
    throw unavailable(address, 'could not be reached. Check the connection and try again.', cause);
  });
  const { ok, status, headers, url, body } = response;
  if (ok && body) return { headers, url, body };
  throw unavailable(
    address,
    `is not there (the server answered ${status}). Load the page again: a newer version may be in its place.`,
  );
}

/** Enough of a file to tell its kind, however small the pieces are that it comes in. */
async function beginning(stream: ReadableStream<Uint8Array>, address: string): Promise<Uint8Array> {
  const reader = stream.getReader();
  const start: number[] = [];
  while (start.length < GZIP.length) {
    const { done, value } = await reader.read().catch(brokenOff(address));
    if (done) break;
    start.push(...value.subarray(0, GZIP.length));
  }
  void reader.cancel().catch(() => undefined);
  return Uint8Array.from(start);
}

async function collected(
  stream: ReadableStream<Uint8Array>,
  address: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(brokenOff(address));
    if (done) return joined(pieces);
    size += value.length;
    if (size > MOST_BYTES) {
      void reader.cancel().catch(() => undefined);
      throw unavailable(address, 'is far too large: the server sent something else. Load the page again.');
    }
    pieces.push(value);
  }
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

const brokenOff =
  (address: string) =>
  (cause: unknown): never => {
    throw new BrokenOff(
      'unavailable',
      sentence(address, 'arrived incomplete or damaged. Check the connection and try again.'),
      { cause },
    );
  };

/** What came was not all of it, or not what was sent. */
class BrokenOff extends LensError {}

const sentence = (address: string, what: string): string => `The numeric runtime (${address}) ${what}`;

const unavailable = (address: string, what: string, cause?: unknown): LensError =>
  new LensError('unavailable', sentence(address, what), { cause });
