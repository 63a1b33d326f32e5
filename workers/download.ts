import { LensError } from '../src/errors.ts';

export interface DownloadOptions {
  /** Most bytes to accept: a wrong address must not fill the memory. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  /** The server is a stranger: it gets no cookies, and is not told which page asks. */
  readonly stranger?: boolean;
  /** Bytes so far, and of how many (undefined when the server does not say). */
  readonly onBytes?: (done: number, total: number | undefined) => void;
}

/**
 * A file as bytes.
 * @throws LensError `unavailable` with the address and the server's answer; `bad-file` when it is larger
 *   than the limit or ends early; `cancelled`
 */
export async function download(url: string, options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { limit, signal, stranger, onBytes } = options;
  try {
    const response = await fetch(url, {
      ...(signal && { signal }),
      ...(stranger && { credentials: 'omit', referrerPolicy: 'no-referrer' }),
    });
    if (!response.ok) {
      throw new LensError('unavailable', `${url} is not there (the server answered ${response.status}).`);
    }
    // With a content encoding the length is that of the packed bytes and says nothing here.
    const packed = response.headers.get('content-encoding');
    const declared = packed ? 0 : Number(response.headers.get('content-length') ?? 0);
    const total = declared > 0 ? declared : undefined;
    if (declared > limit) throw tooLarge(url, limit);
    const bytes = await collect(response, url, limit, total, onBytes);
    if (total !== undefined && bytes.byteLength !== total) {
      throw new LensError('bad-file', `${url} ended after ${bytes.byteLength} of ${total} bytes. Try again.`);
    }
    return bytes;
  } catch (cause) {
    if (cause instanceof LensError) throw cause;
    if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
    if (cause instanceof RangeError) {
      throw new LensError('out-of-memory', `There is not enough memory to hold ${url}.`, { cause });
    }
    throw new LensError('unavailable', `${url} could not be reached.`, { cause });
  }
}

/** A small JSON file. Throws as {@link download}, and `bad-file` when it is not JSON. */
export async function downloadJson(url: string, options: DownloadOptions): Promise<unknown> {
  const bytes = await download(url, options);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new LensError('bad-file', `${url} is not valid JSON.`, { cause });
  }
}

async function collect(
  response: Response,
  url: string,
  limit: number,
  total: number | undefined,
  onBytes: DownloadOptions['onBytes'],
): Promise<Uint8Array<ArrayBuffer>> {
  // A model of known size goes straight to its place: collecting chunks would hold it twice.
  let bytes = new Uint8Array(total ?? 1 << 20);
  let filled = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) break;
    const needed = filled + chunk.value.byteLength;
    if (needed > limit) {
      await reader?.cancel();
      throw tooLarge(url, limit);
    }
    if (needed > bytes.byteLength) {
      const grown = new Uint8Array(Math.max(needed, Math.min(limit, 2 * bytes.byteLength)));
      grown.set(bytes.subarray(0, filled));
      bytes = grown;
    }
    bytes.set(chunk.value, filled);
    filled = needed;
    onBytes?.(filled, total);
  }
  return filled === bytes.byteLength ? bytes : bytes.slice(0, filled);
}

const tooLarge = (url: string, limit: number): LensError =>
  new LensError('bad-file', `${url} is larger than the ${Math.round(limit / 2 ** 20)} MB allowed for it.`);
