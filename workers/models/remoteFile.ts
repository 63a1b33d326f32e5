import { joined } from '../../src/bytes.ts';
import type { ByteRange } from '../../src/clip/checkpoint/byteRanges.ts';
import { LensError } from '../../src/errors.ts';
import { type Answer, FileChanged, Refusal, request } from './request.ts';

/** What is known of a file on a server. */
export interface Version {
  size?: number | undefined;
  etag?: string | undefined;
}

/** What is known of a file beforehand. */
export interface Known {
  /** Another size is an error before anything is read. */
  readonly bytes?: number | undefined;
  /** The address names a commit: servers of one network may then give ETags of their own to the same bytes. */
  readonly pinned?: boolean;
}

export interface Patience {
  /** Ms before the first of the repeated attempts; each further one waits twice as long. */
  readonly firstWait: number;
  /** Attempts that bring nothing before giving up. */
  readonly attempts: number;
  /** Ms without a byte after which a connection counts as dropped. */
  readonly silence: number;
}

export const PATIENCE: Patience = { firstWait: 500, attempts: 6, silence: 30_000 };

/** Takes bytes from `at` on. */
export type Sink = (at: number, bytes: Uint8Array<ArrayBuffer>) => void;

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Most bytes to accept, for a server that sends the whole file. */
  readonly limit: number;
  /** Of a server that sends the whole file, take no more than was asked for. */
  readonly modest?: boolean;
  /** Called when a server is about to send the whole file; its size, if known, is in `version`. */
  readonly onWhole?: () => Promise<void>;
}

/**
 * A file on a server, read by ranges. A dropped connection is taken up again where it broke; a file that becomes
 * another one in between is noticed.
 */
export class RemoteFile {
  readonly url: string;
  /** Filled from the answers; given ones must be met. */
  readonly version: Version;
  readonly #patience: Patience;
  readonly #known: Known;
  #answered = false;

  constructor(url: string, version: Version = {}, patience = PATIENCE, known: Known = {}) {
    this.url = url;
    this.#known = known;
    this.version = version;
    this.#patience = patience;
  }

  /**
   * Reads a range into `sink`; true when the server sent the whole file instead, from byte 0 to its end. A range
   * that goes beyond the end of the file ends with it.
   * @throws FileChanged, Refusal, LensError `unavailable`, `bad-file` beyond the limit, `cancelled`
   */
  async read(range: ByteRange, sink: Sink, options: ReadOptions): Promise<boolean> {
    const { signal } = options;
    let at = range[0];
    let fruitless = 0;
    for (;;) {
      const before = at;
      const end = Math.min(range[1], this.version.size ?? range[1]);
      if (at >= end) return false;
      try {
        const answer = await this.#ask([at, end], signal);
        if (answer.whole) {
          await this.#takeAll(answer, range, sink, options);
          return true;
        }
        await this.#take(answer, end, options, (from, bytes) => {
          sink(from, bytes);
          at = from + bytes.length;
        });
        if (this.version.size === undefined && at < end && at > before) return false; // its end, by all signs
        if (at === before) throw new TypeError('nothing was sent');
      } catch (error) {
        fruitless = at > before ? 1 : fruitless + 1;
        await this.#bear(error, fruitless, signal);
      }
    }
  }

  async #ask(range: ByteRange, signal: AbortSignal | undefined): Promise<Answer & { stop: AbortController }> {
    const stop = new AbortController();
    const end = (): void => stop.abort();
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
    const timer = setTimeout(end, this.#patience.silence);
    try {
      const answer = await request(this.url, range, stop.signal);
      this.#answered = true;
      this.#compare(answer);
      return { ...answer, stop };
    } catch (error) {
      end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #compare({ total, etag }: Answer): void {
    const { version } = this;
    const { bytes, pinned } = this.#known;
    if (total !== undefined && bytes !== undefined && total !== bytes) {
      throw new LensError(
        'bad-file',
        `${this.url} has ${total} bytes where ${bytes} are known of it: it is not the file it should be.`,
      );
    }
    if (total !== undefined && version.size !== undefined && total !== version.size)
      throw new FileChanged(this.url);
    if (!pinned && etag !== undefined && version.etag !== undefined && etag !== version.etag)
      throw new FileChanged(this.url);
    version.size ??= total;
    version.etag ??= etag;
  }

  /** Takes bytes up to `end`, whatever more is sent. */
  async #take(
    answer: Answer & { stop: AbortController },
    end: number,
    { signal }: ReadOptions,
    sink: Sink,
  ): Promise<void> {
    const reader = answer.body.getReader();
    let at = answer.begin;
    try {
      while (at < end) {
        const { done, value } = await within(this.#patience.silence, reader.read(), signal);
        if (done) return;
        const bytes = value.length > end - at ? value.subarray(0, end - at) : value;
        sink(at, bytes);
        at += bytes.length;
      }
    } finally {
      void reader.cancel().catch(() => {});
      answer.stop.abort();
    }
  }

  async #takeAll(
    answer: Answer & { stop: AbortController },
    range: ByteRange,
    sink: Sink,
    options: ReadOptions,
  ): Promise<void> {
    const { limit, modest } = options;
    if ((answer.total ?? 0) > limit) throw tooLarge(this.url, limit);
    await options.onWhole?.();
    let at = 0;
    await this.#take(answer, modest ? range[1] : limit + 1, options, (from, bytes) => {
      at = from + bytes.length;
      if (at > limit) throw tooLarge(this.url, limit);
      sink(from, bytes);
    });
    if (modest) return;
    if (answer.total !== undefined && at !== answer.total) throw new TypeError('it ended early');
    this.version.size = at;
  }

  /** Waits before the next attempt, or throws when there is no use in one. */
  async #bear(error: unknown, fruitless: number, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw new LensError('cancelled', 'Cancelled.');
    const { firstWait, attempts } = this.#patience;
    const asked = error instanceof Refusal ? error.retryAfter : undefined;
    if (error instanceof LensError && asked === undefined) throw error;
    // A server that never answered is more likely one that does not let pages read it than one that is busy.
    if (fruitless >= (this.#answered || error instanceof Refusal ? attempts : Math.min(2, attempts))) {
      throw error instanceof LensError ? error : this.#unreachable(error);
    }
    await pause(Math.max(asked ?? 0, firstWait * 2 ** (fruitless - 1)), signal);
  }

  #unreachable(cause: unknown): LensError {
    return new LensError(
      'unavailable',
      this.#answered
        ? `The connection to ${this.url} broke and could not be taken up again. What has arrived is kept: load it again to go on.`
        : `${this.url} could not be reached: the network is down, or its server does not let other pages read it. In the latter case download the file and open it from the disk.`,
      { cause },
    );
  }
}

/** A small file, whole. @throws as {@link RemoteFile.read} */
export async function readSmall(
  url: string,
  options: ReadOptions,
  patience = PATIENCE,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const { limit } = options;
  // From byte 0 to beyond any end: servers answer a range with what they have.
  const whole = await new RemoteFile(url, {}, patience).read(
    [0, limit],
    (at, bytes) => {
      if (at === 0) parts.length = 0;
      parts.push(bytes.slice());
    },
    options,
  );
  const bytes = joined(parts);
  if (!whole && bytes.length >= limit) throw tooLarge(url, limit);
  return bytes;
}

const tooLarge = (url: string, limit: number): LensError =>
  new LensError('bad-file', `${url} is larger than the ${Math.round(limit / 1e6)} MB allowed for it.`);

/** `work`, or an error after a silence, or at once when the signal fires. */
function within<T>(ms: number, work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (): void =>
      done(() => reject(new TypeError(signal?.aborted ? 'cancelled' : 'the connection fell silent')));
    const timer = setTimeout(fail, ms);
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', fail);
      settle();
    };
    signal?.addEventListener('abort', fail, { once: true });
    work.then(
      (value) => done(() => resolve(value)),
      (error) => done(() => reject(error)),
    );
  });
}

/** Ends early when the signal fires; the next step notices. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
