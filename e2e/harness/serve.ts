import { createReadStream, existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, preview } from 'vite';
import settings from '../../vite.config.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

export interface HarnessServer {
  /** With the headers that give WASM its threads. */
  readonly isolated: string;
  /** As a host without them serves it. */
  readonly plain: string;
  close(): Promise<void>;
}

/** Files outside the bundle: a folder on disk, or bytes made by the test. */
export type Mounts = Readonly<Record<string, string | ReadonlyMap<string, Uint8Array | string>>>;

/** Builds the harness with the product's settings into a temporary folder and serves it twice. */
export async function serveHarness(mounts: Mounts): Promise<HarnessServer> {
  const outDir = await mkdtemp(join(tmpdir(), 'neuronlens-harness-'));
  const common = { ...settings, configFile: false as const, root, logLevel: 'error' as const, plugins: [] };
  await build({ ...common, build: { ...settings.build, outDir, emptyOutDir: true } });
  const serve = async (headers: Record<string, string>) => {
    const server = await preview({
      ...common,
      plugins: [mountPlugin(mounts, headers)],
      build: { outDir },
      preview: { headers, host: '127.0.0.1', port: 0 },
    });
    return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
  };
  const [isolated, plain] = await Promise.all([
    serve(settings.preview?.headers as Record<string, string>),
    serve({}),
  ]);
  return {
    isolated: isolated.url,
    plain: plain.url,
    async close() {
      await Promise.all([isolated.close(), plain.close()]);
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

function mountPlugin(mounts: Mounts, headers: Record<string, string>): Plugin {
  const answer = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0]!).slice(1);
    const name = Object.keys(mounts).find((mount) => path.startsWith(`${mount}/`));
    if (name === undefined) {
      next();
      return;
    }
    for (const [key, value] of Object.entries(headers)) response.setHeader(key, value);
    send(response, mounts[name]!, normalize(path.slice(name.length + 1)));
  };
  return {
    name: 'mounts',
    configurePreviewServer(server) {
      server.middlewares.use(answer);
    },
  };
}

function send(response: ServerResponse, mount: Mounts[string], path: string): void {
  const file = typeof mount === 'string' ? join(mount, path) : undefined;
  const bytes = typeof mount === 'string' ? undefined : mount.get(path);
  if (file && !path.startsWith('..') && existsSync(file)) {
    response.setHeader('content-length', statSync(file).size);
    createReadStream(file).pipe(response);
  } else {
    response.statusCode = bytes === undefined ? 404 : 200;
    response.end(bytes);
  }
}
