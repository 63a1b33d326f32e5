/**
 * Runs the command line in a process of its own and writes what it took: `bakeAndWatch.ts REPORT.json bake --model …`.
 * Memory is looked at four times a second.
 */
import { writeFileSync } from 'node:fs';

/** Bytes the process holds, at a time in seconds from its start. */
export interface MemorySample {
  readonly seconds: number;
  readonly rss: number;
  /** Of it in typed arrays, which is where pictures and states are. */
  readonly arrays: number;
}

export interface Watched {
  readonly seconds: number;
  readonly peak: number;
  readonly samples: readonly MemorySample[];
}

const [, , report, ...argv] = process.argv;
process.argv.splice(2, process.argv.length - 2, ...argv);
const samples: MemorySample[] = [];
const began = performance.now();
const look = (): void => {
  const { rss, arrayBuffers } = process.memoryUsage();
  samples.push({ seconds: (performance.now() - began) / 1000, rss, arrays: arrayBuffers });
};
setInterval(look, 250).unref();
process.on('exit', () => {
  look();
  const watched: Watched = {
    seconds: (performance.now() - began) / 1000,
    peak: 1024 * process.resourceUsage().maxRSS,
    samples,
  };
  writeFileSync(report!, JSON.stringify(watched));
});
await import('../cli/main.ts');
