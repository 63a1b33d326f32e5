/**
 * What a first visit must load before anything runs: `node scripts/size.mjs [dist]` fails when the scripts of the
 * page are over 250 kB gzipped, or when the inference runtime is among them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const MOST = 250_000;
const dist = process.argv[2] ?? 'dist';
const html = readFileSync(join(dist, 'index.html'), 'utf8');
const files = [...html.matchAll(/<(?:script|link)[^>]*?(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(
  ([, path]) => path,
);
const sized = files
  .map((path) => {
    const content = readFileSync(join(dist, path));
    return { path, gzip: gzipSync(content).length, runtime: content.includes('ort-wasm') };
  })
  .sort((a, b) => b.gzip - a.gzip);
const sum = (ending) =>
  sized.filter(({ path }) => path.endsWith(ending)).reduce((bytes, { gzip }) => bytes + gzip, 0);

for (const { path, gzip } of sized) console.log(`${(gzip / 1000).toFixed(1).padStart(7)} kB  ${path}`);
console.log(
  `${(sum('.js') / 1000).toFixed(1).padStart(7)} kB of scripts (at most ${MOST / 1000}), ${(sum('.css') / 1000).toFixed(1)} kB of styles, gzipped`,
);
const withRuntime = sized.filter(({ runtime }) => runtime);
if (withRuntime.length > 0) console.error(`The inference runtime is in ${withRuntime[0].path}.`);
if (sum('.js') > MOST) console.error('The scripts of the page are too large.');
if (sized.length === 0) console.error(`${dist}/index.html names no scripts.`);
process.exit(withRuntime.length > 0 || sum('.js') > MOST || sized.length === 0 ? 1 : 0);
