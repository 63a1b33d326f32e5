import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { PassThrough, pipeline, Readable, type Transform } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { typeOf } from '../../src/offline/headers.ts';
import { rangeOf } from '../../src/offline/ranges.ts';
import { type Line, slowLine } from './slowLine.ts';

export interface StaticHost {
  /** With the base path, and a slash at its end. */
  readonly url: string;
  /** Paths below the base that were asked for. */
  readonly asked: string[];
  /** What it serves can be changed while it runs: a new version is uploaded. */
  folder: string;
  /** While false every connection is broken. */
  up: boolean;
  close(): Promise<void>;
}

interface Options {
  /** Where the folder is mounted: '/' or '/some/deep/path/'. */
  readonly base?: string;
  /** Scripts, styles, pages and JSON go out compressed, as most hosts send them. */
  readonly gzip?: boolean;
  readonly port?: number;
  /** How slow it is to reach; as fast as the machine unless told. */
  readonly line?: Line;
}

/** Bytes sent at a time: on a slow line small answers must not wait behind all of a large one. */
const PIECE = 16 * 1024;

const COMPRESSED = /\.(html|js|css|json|svg|txt|webmanifest)$/;

/** A host as plain as they come: files by name, ranges, no header of isolation. */
export async function staticHost(folder: string, options: Options = {}): Promise<StaticHost> {
  const { base = '/', gzip = false, port = 0 } = options;
  const line = options.line && slowLine(options.line);
  const compressed = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    await line?.latency();
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
    if (!host.up) return void response.destroy();
    if (!path.startsWith(base)) return void response.writeHead(404).end();
    const name = normalize(path.slice(base.length) || 'index.html');
    host.asked.push(name);
    const file = join(host.folder, name);
    if (name.startsWith('..') || !existsSync(file) || !statSync(file).isFile()) {
      return void response.writeHead(404).end();
    }
    response.setHeader('content-type', typeOf(name));
    const accepts = String(request.headers['accept-encoding'] ?? '').includes('gzip');
    if (gzip && accepts && COMPRESSED.test(name)) sendCompressed(file, response);
    else send(file, request, response, through());
  });

  function sendCompressed(file: string, response: ServerResponse): void {
    const known = compressed.get(file) ?? gzipSync(readFileSync(file));
    compressed.set(file, known);
    response.setHeader('content-encoding', 'gzip');
    response.setHeader('content-length', known.length);
    pipeline(pieces(known), through(), response, () => undefined);
  }
  function through() {
    return line?.through() ?? new PassThrough();
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const host: StaticHost = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    asked: [],
    folder,
    up: true,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return host;
}

function pieces(bytes: Buffer): Readable {
  const count = Math.ceil(bytes.length / PIECE);
  return Readable.from(
    Array.from({ length: count }, (_, i) => bytes.subarray(i * PIECE, (i + 1) * PIECE)),
    { objectMode: false },
  );
}

function send(file: string, request: IncomingMessage, response: ServerResponse, through: Transform): void {
  const size = statSync(file).size;
  const asked = rangeOf(request.headers.range ?? null, size);
  response.setHeader('accept-ranges', 'bytes');
  if (asked === 'unsatisfiable') {
    return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  }
  const { begin, end } = asked === 'whole' ? { begin: 0, end: size } : asked;
  response.setHeader('content-length', end - begin);
  if (asked !== 'whole') response.setHeader('content-range', `bytes ${begin}-${end - 1}/${size}`);
  response.writeHead(asked === 'whole' ? 200 : 206);
  if (end === begin) return void response.end();
  const bytes = createReadStream(file, { start: begin, end: end - 1, highWaterMark: PIECE });
  pipeline(bytes, through, response, () => undefined); // who asked may be gone
}
