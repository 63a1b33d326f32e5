/**
 * What a first visit must load before anything runs: `node scripts/size.mjs [dist]` fails when the scripts of the
 * page are over 250 kB gzipped, or when the inference runtime is among them; and when that is not shipped packed.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
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
const runtimes = readdirSync(join(dist, 'assets'), { recursive: true }).filter((path) =>
  /\.(wasm|packed)$/.test(path),
);
for (const path of runtimes) {
  const megabytes = statSync(join(dist, 'assets', path)).size / 1e6;
  console.log(`${megabytes.toFixed(1).padStart(7)} MB  assets/${path}, when something is first computed`);
}
const packed = runtimes.length === 1 && runtimes[0].endsWith('.packed');
const withRuntime = sized.filter(({ runtime }) => runtime);
if (withRuntime.length > 0) console.error(`The inference runtime is in ${withRuntime[0].path}.`);
if (sum('.js') > MOST) console.error('The scripts of the page are too large.');
if (!packed) console.error('The inference runtime is not shipped packed, in one file.');
if (sized.length === 0) console.error(`${dist}/index.html names no scripts.`);
process.exit(withRuntime.length > 0 || !packed || sum('.js') > MOST || sized.length === 0 ? 1 : 0);
