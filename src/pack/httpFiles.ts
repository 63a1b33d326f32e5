import { joined } from '../bytes.ts';
import { LensError } from '../errors.ts';
import { endsEarly, MOST_BYTES, type PackFiles, tooLarge } from './files.ts';

/**
 * The files of a folder on a server. Ranges are asked for; a host that does not know them sends whole files, which
 * are then kept, so that nothing is fetched twice.
 * @param folder absolute URL, with or without a slash at its end
 */
export function httpFiles(folder: string): PackFiles {
  const base = folder.endsWith('/') ? folder : `${folder}/`;
  const whole = new Map<string, Promise<Uint8Array>>();

  /** A host without ranges sent the whole file; of several answers the first is read. */
  function keepWhole(name: string, response: Response): Promise<Uint8Array> {
    const known = whole.get(name);
    if (known) {
      void response.body?.cancel().catch(() => undefined);
      return known;
    }
    const loading = readBounded(response, name, MOST_BYTES);
    whole.set(name, loading);
    loading.catch(() => whole.delete(name));
    return loading;
  }

  function fetchWhole(name: string): Promise<Uint8Array> {
    const known = whole.get(name);
    if (known) return known;
    const loading = ask(`${base}${name}`).then((response) => readBounded(response, name, MOST_BYTES));
    whole.set(name, loading);
    loading.catch(() => whole.delete(name));
    return loading;
  }

  /** Bytes [begin, end), fewer where the file ends before. */
  async function part(name: string, begin: number, end: number): Promise<Uint8Array> {
    const kept = await whole.get(name);
    if (kept) return kept.subarray(begin, end);
    const response = await ask(`${base}${name}`, [begin, end]);
    if (response.status !== 206) return (await keepWhole(name, response)).subarray(begin, end);
    const stated = statedRange(response);
    if (stated && stated[0] !== begin) return (await fetchWhole(name)).subarray(begin, end);
    const bytes = await readBounded(response, name, end - begin);
    if (bytes.length === end - begin || (stated && bytes.length === stated[1] - begin)) return bytes;
    return (await fetchWhole(name)).subarray(begin, end); // a host that compresses counts other bytes
  }

  return {
    async read(name, most = MOST_BYTES) {
      const kept = await whole.get(name);
      if (kept) return kept;
      return readBounded(await ask(`${base}${name}`), name, most);
    },
    async range(name, begin, end) {
      const bytes = await part(name, begin, end);
      if (bytes.length < end - begin) throw endsEarly(name);
      return bytes;
    },
    start: (name, most) => part(name, 0, most),
  };
}

/** [begin, end) as Content-Range says, where the server lets it be read. */
function statedRange(response: Response): readonly [number, number] | undefined {
  const stated = /^bytes (\d+)-(\d+)\//.exec(response.headers.get('content-range') ?? '');
  return stated ? [Number(stated[1]), Number(stated[2]) + 1] : undefined;
}

/** @throws LensError `unavailable`, `bad-file` for a range beyond the file's end */
export async function ask(url: string, range?: readonly [number, number]): Promise<Response> {
  const headers = range && { Range: `bytes=${range[0]}-${range[1] - 1}` };
  const response = await fetch(url, headers ? { headers } : {}).catch((cause: unknown) => {
    throw new LensError(
      'unavailable',
      `${url} could not be reached. A host must be there, and must let other pages read it (CORS).`,
      { cause },
    );
  });
  if (response.status === 416) throw endsEarly(url);
  if (response.ok) return response;
  throw new LensError('unavailable', `${url} is not there (the server answered ${response.status}).`);
}

/** The body, unless it is larger than `most`; what is beyond is never taken in. */
export async function readBounded(response: Response, name: string, most: number): Promise<Uint8Array> {
  const lost = (cause: unknown) =>
    new LensError('unavailable', `The connection broke while ${name} was fetched.`, { cause });
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw lost(cause);
    });
    if (done) break;
    length += value.length;
    if (length > most) {
      void reader.cancel().catch(() => undefined);
      throw tooLarge(name, most);
    }
    pieces.push(value);
  }
  return joined(pieces);
}
