import type { Command, Context } from '../../cli/command.ts';

const context: Context = {
  signal: new AbortController().signal,
  progress: { report: () => {}, note: () => {} },
  onKill: () => {},
};

/** Runs a command in this process, without a word: for requests that are refused before any work is done. */
export const quietly = async (command: Command, argv: readonly string[]): Promise<void> =>
  command.run(argv, context);
