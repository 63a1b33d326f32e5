import type { ByteRange } from '../../src/clip/checkpoint/byteRanges.ts';
import { LensError } from '../../src/errors.ts';

/** A server's answer that is worth reading. */
export interface Answer {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Of the file, the first byte of the body. */
  readonly begin: number;
  /** True when the server sends the whole file, whatever was asked for. */
  readonly whole: boolean;
  /** Size of the file and its version, where the server says and the browser lets us read it. */
  readonly total?: number;
  readonly etag?: string;
}

/** An answer in place of a file. */
export class Refusal extends LensError {
  constructor(
    readonly status: number,
    message: string,
    /** Whether, and after how many ms, asking again may help; undefined when it will not. */
    readonly retryAfter?: number,
  ) {
    super('unavailable', message);
  }
}

/** The file on the server is not the one of which we have parts. */
export class FileChanged extends LensError {
  constructor(url: string) {
    super('unavailable', `${url} changed on its server while it was being downloaded. Load it again.`);
  }
}

/** Servers that ask for longer are told to the person instead. */
const LONGEST_WAIT_MS = 120_000;

/**
 * One GET. A single `bytes=a-b` needs no permission from the server in advance, which file hosts often lack;
 * so no other header is sent, and nothing that says who asks.
 * @param range undefined for all of it
 * @throws LensError `unavailable`; TypeError as fetch does, when the network fails
 */
export async function request(
  url: string,
  range: ByteRange | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    ...(range && { headers: { Range: `bytes=${range[0]}-${range[1] - 1}` } }),
    signal,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store', // it is ours to keep: a second copy in the browser's cache would be for nothing
  });
  try {
    return read(url, range, response);
  } catch (error) {
    void response.body?.cancel().catch(() => {});
    throw error;
  }
}

function read(url: string, range: ByteRange | undefined, response: Response): Answer {
  const { status, headers } = response;
  if (status === 416) throw new FileChanged(url);
  if (status !== 200 && status !== 206) throw refusal(url, status, headers.get('retry-after'));
  const type = headers.get('content-type') ?? '';
  if (/^text\/html/i.test(type)) {
    throw new Refusal(
      404,
      `${url} answered with a web page, not with a file. Copy the address of the file itself.`,
    );
  }
  if (/^multipart\//i.test(type) || !response.body) throw nonsense(url);
  const etag = headers.get('etag')?.replace(/^W\//, '').slice(0, 1000);
  const known = etag ? { etag } : {};
  const length = headers.get('content-encoding') ? undefined : count(headers.get('content-length'));
  if (status === 200) {
    return {
      body: response.body,
      begin: 0,
      whole: true,
      ...known,
      ...(length !== undefined && { total: length }),
    };
  }
  if (!range) throw nonsense(url);
  const stated = headers.get('content-range');
  if (stated === null) {
    // Not readable across origins unless the server allows it: the length is all there is to check.
    if (length !== undefined && length > range[1] - range[0]) throw nonsense(url);
    return { body: response.body, begin: range[0], whole: false, ...known };
  }
  const [begin, end, total] = contentRange(url, stated);
  if (begin !== range[0] || end > range[1] || (total !== undefined && end > total)) throw nonsense(url);
  return { body: response.body, begin, whole: false, ...known, ...(total !== undefined && { total }) };
}

/** `bytes 0-99/1000` or `bytes 0-99/*`, as begin, end + 1, total. */
function contentRange(url: string, text: string): [number, number, number | undefined] {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(text.trim());
  if (!match) throw nonsense(url);
  const [, begin, last, total] = match;
  return [Number(begin), Number(last) + 1, total === '*' ? undefined : Number(total)];
}

const count = (text: string | null): number | undefined =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

const nonsense = (url: string): LensError =>
  new LensError(
    'unavailable',
    `The server of ${url} sent other bytes than it was asked for. Download the file by hand and open it from the disk.`,
  );

function refusal(url: string, status: number, after: string | null): Refusal {
  if (status === 401 || status === 403) {
    return new Refusal(
      status,
      `${url} is not open to everyone (the server answered ${status}). Where the model asks for an account or an agreement, download it there and open it from the disk.`,
    );
  }
  if (status === 404 || status === 410) {
    return new Refusal(
      status,
      `There is no file at ${url} (the server answered ${status}). Check the address.`,
    );
  }
  if (status === 429) {
    const wait = waitMs(after);
    const words =
      wait > LONGEST_WAIT_MS
        ? ` It asks to wait ${Math.ceil(wait / 60_000)} minutes.`
        : ' Try again in a few minutes.';
    return new Refusal(
      status,
      `The server of ${url} says that too much was asked of it (429).${words} What has arrived is kept.`,
      wait > LONGEST_WAIT_MS ? undefined : wait,
    );
  }
  const again = status >= 500 ? waitMs(after) : undefined;
  return new Refusal(
    status,
    `The server of ${url} failed (it answered ${status}). Try again later; what has arrived is kept.`,
    again !== undefined && again <= LONGEST_WAIT_MS ? again : undefined,
  );
}

/** Retry-After in seconds or as a date; 0 when it says nothing. */
function waitMs(after: string | null): number {
  if (!after) return 0;
  const seconds = /^\d+$/.test(after.trim()) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}
