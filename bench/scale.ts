/**
 * What `bake` takes on more and more pictures with the embedded model: time, peak memory, and memory while it runs.
 * `npx tsx bench/scale.ts [--sizes 1000,5000,20000] [--write 1]`; with `--write 1` it puts the table and the plot into docs/.
 * Some 12 minutes on two quiet cores, 2 of them for making the pictures.
 */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openModel } from '../cli/model.ts';
import { Recollection } from '../src/engine/analysis/recollection.ts';
import type { Watched } from './bakeAndWatch.ts';
import { manyPictures } from './manyPictures.ts';
import { numberOption } from './measure.ts';
import { scalePlot } from './scalePlot.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const model = inRepository('public/models/pictogram-clip');
const at = process.argv.indexOf('--sizes');
const sizes = (at < 0 ? '1000,5000,20000' : process.argv[at + 1]!).split(',').map(Number);
const perTar = Math.min(1000, ...sizes);
const root = mkdtempSync(join(tmpdir(), 'neuronlens-scale-'));

/** One measured run. */
export interface Scaled {
  readonly images: number;
  readonly seconds: number;
  readonly peak: number;
  /** Largest and smallest of what was in arrays during the middle half of the run. */
  readonly arrays: readonly [number, number];
}

function bakeOf(images: number): Scaled {
  const folder = join(root, `set-${images}`);
  mkdirSync(folder);
  const tars = readdirSync(join(root, 'tars')).sort();
  for (const tar of tars.slice(0, images / perTar)) symlinkSync(join(root, 'tars', tar), join(folder, tar));
  const report = join(root, `${images}.json`);
  const options = [
    '--model',
    model,
    '--images',
    folder,
    '--no-pictures',
    '--out',
    join(root, `pack-${images}`),
  ];
  const argv = [...process.execArgv, inRepository('bench/bakeAndWatch.ts'), report, 'bake', ...options];
  execFileSync(process.execPath, argv, { stdio: 'inherit' });
  const { seconds, peak, samples } = JSON.parse(readFileSync(report, 'utf8')) as Watched;
  const middle = samples.slice(Math.floor(samples.length / 4), Math.ceil((3 * samples.length) / 4));
  const arrays = middle.map((sample) => sample.arrays);
  return { images, seconds, peak, arrays: [Math.max(...arrays), Math.min(...arrays)] };
}

/** Seconds an image and seconds besides, by least squares. */
function line(runs: readonly Scaled[]): { each: number; fixed: number } {
  const mean = (of: (run: Scaled) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const [x, y] = [mean(({ images }) => images), mean(({ seconds }) => seconds)];
  const each =
    mean(({ images, seconds }) => (images - x) * (seconds - y)) / mean(({ images }) => (images - x) ** 2);
  return { each, fixed: y - each * x };
}

const mb = (bytes: number): string => String(Math.round(bytes / 1e6));
const { vision } = await openModel(model);
const keptWhole = (images: number): number => Recollection.bytes(vision, images, 0, vision.layers - 1);

function table(runs: readonly Scaled[]): string {
  const { each, fixed } = line(runs);
  const machine = `${availableParallelism()} cores (${cpus()[0]!.model.trim()}), load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`;
  return [
    '| images | seconds | images a second | peak memory, MB | in arrays while it runs, MB | if all were kept, MB |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
    ...runs.map(
      ({ images, seconds, peak, arrays: [most, least] }) =>
        `| ${images.toLocaleString('en')} | ${seconds.toFixed(1)} | ${(images / seconds).toFixed(1)} | ${mb(peak)} | ${mb(least)}–${mb(most)} | ${mb(keptWhole(images))} |`,
    ),
    '',
    `By least squares ${(1000 * each).toFixed(2)} ms an image and ${fixed.toFixed(1)} s besides. On ${machine}.`,
  ].join('\n');
}

if (sizes.some((size) => size % perTar !== 0)) throw new Error(`--sizes wants multiples of ${perTar}`);
await manyPictures(join(root, 'tars'), Math.max(...sizes), perTar);
const runs = sizes.map(bakeOf);
const text = table(runs);
console.log(text);
const plot = scalePlot(runs, line(runs), keptWhole);
if (numberOption('write', 0) === 1) {
  const page = inRepository('docs/scale.md');
  const [before, , after] = readFileSync(page, 'utf8').split(
    /(?<=<!-- measured -->\n)|(?=<!-- end of measured -->)/,
  );
  const picture = '![Time and memory over the number of images](scale.svg)';
  writeFileSync(page, `${before}\n${text}\n\n${picture}\n\n${after}`);
  writeFileSync(inRepository('docs/scale.svg'), plot);
} else writeFileSync(join(tmpdir(), 'scale.svg'), plot);
rmSync(root, { recursive: true });
