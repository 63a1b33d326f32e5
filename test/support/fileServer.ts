import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server may do wrong, for one request. */
export interface Fault {
  /** Sends the whole file, whatever is asked for. */
  readonly noRanges?: boolean;
  /** In place of the true one. */
  readonly contentRange?: string;
  /** Breaks the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly etag?: string;
  /** In place of the file. */
  readonly body?: Uint8Array;
  /** Ms before the answer. */
  readonly delay?: number;
  /** Ms between pieces of the body. */
  readonly slow?: number;
}

export interface Asked {
  readonly path: string;
  /** As [begin, end), undefined for the whole file. */
  readonly range: readonly [number, number] | undefined;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
}

export interface FileServer {
  readonly url: string;
  /** All requests so far. */
  readonly asked: Asked[];
  /** Can be changed while it runs. */
  readonly files: Map<string, Uint8Array>;
  fault: (asked: Asked, nth: number) => Fault | undefined;
  /** Ranges that were asked of a file. */
  ranges(path: string): (readonly [number, number] | undefined)[];
  close(): Promise<void>;
}

export interface ServerOptions {
  /** As a file host does, with or without letting pages read Content-Range and ETag. */
  readonly cors?: 'exposed' | 'bare';
  readonly port?: number;
}

/** A file host on this machine, with ranges, ETags and faults. */
export async function fileServer(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: ServerOptions = {},
): Promise<FileServer> {
  const asked: Asked[] = [];
  const held = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      new Uint8Array(Buffer.from(content as Uint8Array)),
    ]),
  );
  const server = createServer((request, response) => {
    const one = read(request);
    asked.push(one);
    const fault = api.fault(one, asked.filter(({ path }) => path === one.path).length - 1) ?? {};
    void answer(one, fault, held.get(one.path), response, options).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const api: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    files: held,
    fault: () => undefined,
    ranges: (path) => asked.filter((one) => one.path === path).map(({ range }) => range),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}

function read(request: IncomingMessage): Asked {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  return {
    path: decodeURIComponent((request.url ?? '').split('?')[0]!),
    range: match ? [Number(match[1]), Number(match[2]) + 1] : undefined,
    method: request.method ?? '',
    headers: request.headers,
  };
}

async function answer(
  { range }: Asked,
  fault: Fault,
  file: Uint8Array | undefined,
  response: ServerResponse,
  options: ServerOptions,
): Promise<void> {
  if (fault.delay) await pause(fault.delay);
  sendOrigin(response, options);
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  const content = fault.body ?? file;
  if (fault.status || !content) {
    response.writeHead(fault.status ?? 404).end('no');
    return;
  }
  const part = fault.noRanges ? undefined : range;
  if (part && part[0] >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const [begin, end] = part ? [part[0], Math.min(part[1], content.length)] : [0, content.length];
  response.setHeader('etag', fault.etag ?? `"${content.length}"`);
  response.setHeader('content-length', end - begin);
  if (part) {
    response.setHeader('content-range', fault.contentRange ?? `bytes ${begin}-${end - 1}/${content.length}`);
  }
  response.writeHead(part ? 206 : 200);
  await sendBody(response, content.subarray(begin, end), fault);
}

function sendOrigin(response: ServerResponse, { cors }: ServerOptions): void {
  if (cors) response.setHeader('access-control-allow-origin', '*');
  if (cors === 'exposed') response.setHeader('access-control-expose-headers', 'ETag,Content-Range');
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
}

async function sendBody(response: ServerResponse, bytes: Uint8Array, fault: Fault): Promise<void> {
  const cut = Math.min(fault.cutAfter ?? bytes.length, bytes.length);
  const piece = fault.slow ? 64 * 1024 : bytes.length || 1;
  for (let at = 0; at < cut; at += piece) {
    response.write(bytes.subarray(at, Math.min(cut, at + piece)));
    if (fault.slow) await pause(fault.slow);
  }
  if (cut < bytes.length) {
    await pause(20); // let it arrive
    response.destroy();
  } else response.end();
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
