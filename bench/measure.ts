import { availableParallelism, loadavg } from 'node:os';

export interface Contender {
  readonly name: string;
  /** One run of it; runs of all contenders take turns. */
  readonly run: () => Promise<unknown>;
}

export interface Timing {
  readonly name: string;
  /** Median milliseconds a run. */
  readonly ms: number;
  readonly runs: number;
}

/** Medians of interleaved runs, after one uncounted round: what disturbs the machine disturbs all alike. */
export async function interleaved(contenders: readonly Contender[], rounds: number): Promise<Timing[]> {
  const times = new Map(contenders.map(({ name }): [string, number[]] => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const { name, run } of contenders) {
      const started = performance.now();
      await run();
      if (round >= 0) times.get(name)!.push(performance.now() - started);
    }
  }
  return [...times].map(([name, list]) => ({ name, ms: median(list), runs: list.length }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A table for people and a line of JSON for programs, with the machine's load: a ratio survives it, a time does not. */
export function report(title: string, rows: readonly Record<string, string | number>[]): void {
  const machine = { cores: availableParallelism(), load: loadavg()[0]!.toFixed(1), node: process.version };
  console.log(`\n${title} (${machine.cores} cores, load ${machine.load})`);
  console.table(rows);
  console.log(JSON.stringify({ title, machine, rows }));
}

/** `--name value` of the command line as a number. */
export function numberOption(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(process.argv[at + 1]);
  if (!Number.isFinite(value)) throw new Error(`--${name} wants a number`);
  return value;
}

/** `--name value` of the command line. */
export function textOption(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1]!;
}
