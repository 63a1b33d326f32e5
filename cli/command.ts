import type { JobOptions } from '../src/progress.ts';
import { blockJob as onBlock } from '../src/studies/blockStudy.ts';
import { describeOptions, type OptionTable, type OptionValues, parseOptions } from './options.ts';
import type { ProgressLine } from './progressLine.ts';

/** What a running command may use of the process. */
export interface Context {
  readonly signal: AbortSignal;
  readonly progress: ProgressLine;
  /** Run when the process must end at once, on a second Ctrl-C. */
  onKill(cleanUp: () => void): void;
}

/** A command as the command table holds it. */
export interface Command {
  readonly summary: string;
  readonly help: string;
  /** Throws LensError in a sentence for the user; anything else is a bug. */
  run(argv: readonly string[], context: Context): Promise<void>;
}

/** A command from its option table and what to do with the values. */
export function command<S extends OptionTable>(spec: {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly options: S;
  readonly run: (values: OptionValues<S>, context: Context) => Promise<void>;
}): Command {
  const { name, summary, example, options } = spec;
  return {
    summary,
    help: `neuronlens ${name}: ${summary}\n\n${describeOptions(options)}\n\nExample:\n  ${example}\n`,
    run: (argv, context) => spec.run(parseOptions(options, argv), context),
  };
}

/** What a long call takes, of a running command. */
export const jobOf = ({ signal, progress }: Context): JobOptions => ({ signal, onProgress: progress.report });

/** Job options for work on one block: every stage says which block it is about. */
export const blockJob = (context: Context, block: number): JobOptions => onBlock(jobOf(context), block);
