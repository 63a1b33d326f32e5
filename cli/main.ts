import { isLensError } from '../src/errors.ts';
import { analyze } from './analyze.ts';
import { bake } from './bake/bake.ts';
import { merge } from './bake/merge.ts';
import type { Command } from './command.ts';
import { directions } from './directions.ts';
import { exportPack } from './export.ts';
import { progressLine } from './progressLine.ts';
import { software } from './software.ts';
import { ablate } from './studies/ablate.ts';
import { adversarial } from './studies/adversarial.ts';
import { concepts } from './studies/concepts.ts';
import { indirect } from './studies/indirect.ts';
import { segment } from './studies/segment.ts';

const commands: Readonly<Record<string, Command>> = {
  analyze,
  bake,
  merge,
  export: exportPack,
  directions,
  ablate,
  segment,
  concepts,
  adversarial,
  indirect,
};

const overview = `${software.name} ${software.version}, a microscope for CLIP's neurons

Usage: neuronlens COMMAND [options]     (in this repository: npm run cli -- COMMAND [options])

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  .join('\n')}

neuronlens COMMAND --help lists a command's options.
`;

/** Exit codes: 0 done, 1 a bug of ours, 2 a request that cannot be met, 130 stopped with Ctrl-C. */
async function main(argv: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = argv;
  if (name === '--help' || name === '-h') return say(overview);
  if (name === '--version') return say(`${software.version}\n`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    return fail(`There is no command ${name}; the commands are ${Object.keys(commands).join(', ')}.`);
  if (rest.includes('--help') || rest.includes('-h')) return say(command.help);
  return run(command, rest);
}

async function run(command: Command, argv: readonly string[]): Promise<number> {
  const abort = new AbortController();
  const cleanUps: (() => void)[] = [];
  const stop = () => {
    if (abort.signal.aborted) {
      for (const cleanUp of cleanUps) cleanUp();
      process.exit(130);
    }
    abort.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const progress = progressLine(process.stderr);
  try {
    await command.run(argv, { signal: abort.signal, progress, onKill: (cleanUp) => cleanUps.push(cleanUp) });
    return 0;
  } catch (error) {
    if (abort.signal.aborted) return fail('Stopped; nothing was written.', 130);
    if (isLensError(error)) return fail(error.message);
    // A full disk, a folder that may not be written: the system's words name the path.
    if (error instanceof Error && 'syscall' in error) return fail(`${error.message}.`);
    throw error;
  }
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function fail(sentence: string, code = 2): number {
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[2K' : ''}neuronlens: ${sentence}\n`);
  return code;
}

process.exitCode = await main(process.argv.slice(2));
