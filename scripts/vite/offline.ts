import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';
import type { Release, ReleaseFile } from '../../src/offline/release.ts';

/** Files of a build that are no part of the page: they speak to the host, or to readers of the folder. */
const LEFT_OUT = /^(sw\.js|_headers|\.nojekyll|previews\.json|n\/.*)$|(^|\/)README\.md$|\.map$/;
const WORKER = fileURLToPath(new URL('../../workers/service.worker.ts', import.meta.url));

/** After a build: `sw.js`, which knows every file of it. */
export function serviceWorker(): Plugin {
  let folder = '';
  return {
    name: 'neuronlens-service-worker',
    apply: 'build',
    configResolved({ root, build: { outDir } }) {
      folder = resolve(root, outDir);
    },
    async closeBundle() {
      await writeServiceWorker(folder);
    },
  };
}

/** Writes `sw.js` into a folder that holds a whole build. */
export async function writeServiceWorker(folder: string): Promise<Release> {
  const release = releaseOf(folder);
  writeFileSync(join(folder, 'sw.js'), await bundled(release));
  return release;
}

/** All files of a build, and a version made of their names and contents. */
export function releaseOf(folder: string): Release {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !LEFT_OUT.test(path))
    .sort()
    .map((path): ReleaseFile => {
      const content = readFileSync(join(folder, path));
      return { path, bytes: content.length, hash: createHash('sha256').update(content).digest('hex') };
    });
  const all = createHash('sha256');
  for (const { path, hash } of files) all.update(`${path}\n${hash}\n`);
  return { version: all.digest('hex').slice(0, 16), files };
}

/** One classic script without imports: what every browser with service workers runs. */
async function bundled(release: Release): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { __RELEASE__: JSON.stringify(release) },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: WORKER, formats: ['iife'], name: 'serviceWorker' },
    },
  })) as Rolldown.RolldownOutput[];
  return [result].flat()[0]!.output[0].code;
}
