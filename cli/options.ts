import type { DeviceWish } from '../src/engine/backends/nodeDevice.ts';
import { LensError } from '../src/errors.ts';

/** One `--name value` of a command; a flag has no placeholder and takes no value. */
export interface Option<T> {
  /** What the value is, for --help: DIR, N, … */
  readonly placeholder?: string;
  readonly help: string;
  /** Reads the value, or throws LensError `bad-request` in a sentence that names the option. */
  readonly parse: (text: string, name: string) => T;
  /** What it is when not given; without this the option must be given. */
  readonly fallback?: { readonly value: T };
  /** Takes what no option's name stands before: one of a command's at most. */
  readonly rest?: boolean;
}

type AnyOption = Option<unknown>;
export type OptionTable = Readonly<Record<string, AnyOption>>;
export type OptionValues<S extends OptionTable> = {
  [K in keyof S]: S[K] extends Option<infer T> ? T : never;
};

const refuse = (sentence: string) => new LensError('bad-request', sentence);

/**
 * Reads a command line strictly: `--name value` or `--name=value`, each at most once, and nothing else but what a `rest`
 * option takes.
 * @throws LensError `bad-request` in one sentence
 */
export function parseOptions<S extends OptionTable>(table: S, argv: readonly string[]): OptionValues<S> {
  const given = new Map<string, unknown>();
  const restName = Object.keys(table).find((name) => table[name]!.rest);
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (restName !== undefined && !argument.startsWith('--')) {
      rest.push(argument);
      continue;
    }
    const [, name, inline] = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    const option = name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
    if (name === undefined || !option || option.rest)
      throw refuse(`Unknown option ${argument}; --help lists the options.`);
    if (given.has(name)) throw refuse(`--${name} is given twice.`);
    given.set(
      name,
      option.parse(option.placeholder ? (inline ?? valueAfter(argv, i++)) : flagOnly(name, inline), name),
    );
  }
  if (restName !== undefined && rest.length > 0) given.set(restName, rest);
  return completed(table, given) as OptionValues<S>;
}

function completed(table: OptionTable, given: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    if (!given.has(name) && !option.fallback) throw missing(name, option);
    values[name] = given.has(name) ? given.get(name) : option.fallback?.value;
  }
  return values;
}

const missing = (name: string, { placeholder, rest }: AnyOption) =>
  refuse(rest ? `${placeholder} is missing.` : `--${name} ${placeholder} is missing.`);

function valueAfter(argv: readonly string[], i: number): string {
  const value = argv[i + 1];
  if (value === undefined || /^--[a-z]/.test(value)) throw refuse(`${argv[i]} needs a value.`);
  return value;
}

function flagOnly(name: string, inline: string | undefined): string {
  if (inline !== undefined) throw refuse(`--${name} takes no value.`);
  return '';
}

/** The options of a command, one a line, as --help prints them. */
export function describeOptions(table: OptionTable): string {
  const rows = Object.entries(table).map(([name, option]) => {
    const value = option.placeholder ? ` ${option.placeholder}` : '';
    const left = option.rest ? ` ${value}` : `  --${name}${value}`;
    return [left, option.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, help]) => left.padEnd(width) + help).join('\n');
}

export const text = (placeholder: string, help: string): Option<string> => ({
  placeholder,
  help,
  parse: (value, name) => {
    if (value === '') throw refuse(`--${name} is empty.`);
    return value;
  },
});

/** Everything that is given without a name, in order; one at least. */
export const rest = (placeholder: string, help: string): Option<readonly string[]> => ({
  placeholder,
  help,
  rest: true,
  parse: (value) => [value],
});

export const optional = <T>(option: Option<T>): Option<T | undefined> => ({
  ...option,
  fallback: { value: undefined },
});
export const withDefault = <T>(option: Option<T>, value: T): Option<T> => ({
  ...option,
  fallback: { value },
});

export const flag = (help: string): Option<boolean> => ({
  help,
  parse: () => true,
  fallback: { value: false },
});

function wholeNumber(value: string, name: string, least: number): number {
  const number = Number(value);
  if (!/^\d{1,9}$/.test(value) || number < least) {
    throw refuse(`--${name} takes whole numbers of at least ${least}, not "${value}".`);
  }
  return number;
}

export const count = (help: string, least = 1): Option<number> => ({
  placeholder: 'N',
  help,
  parse: (value, name) => wholeNumber(value, name, least),
});

/** Whole numbers with commas between, in the order given, none twice. */
export const counts = (help: string, least: number): Option<readonly number[]> => ({
  placeholder: 'N,N,…',
  help,
  parse: (value, name) => {
    const numbers = value.split(',').map((part) => wholeNumber(part.trim(), name, least));
    if (new Set(numbers).size < numbers.length) throw refuse(`--${name} names a number twice.`);
    return numbers;
  },
});

/** Blocks: `all`, or numbers with commas between. */
export const layers = (help: string): Option<'all' | readonly number[]> => {
  const list = counts(help, 0);
  return {
    ...list,
    placeholder: 'all|N,N,…',
    parse: (value, name) => (value === 'all' ? 'all' : list.parse(value, name)),
  };
};

export const choice = <T>(choices: Readonly<Record<string, T>>, help: string): Option<T> => ({
  placeholder: Object.keys(choices).join('|'),
  help,
  parse: (value, name) => {
    if (!Object.hasOwn(choices, value)) {
      throw refuse(`--${name} takes ${Object.keys(choices).join(' or ')}, not "${value}".`);
    }
    return choices[value]!;
  },
});

const devices: Readonly<Record<DeviceWish, DeviceWish>> = {
  auto: 'auto',
  cpu: 'cpu',
  cuda: 'cuda',
  webgpu: 'webgpu',
};

/** The options with which every command opens its model. */
export const model = {
  model: text(
    'DIR',
    'model folder: safetensors or ONNX exports, with config.json and preprocessor_config.json',
  ),
  weights: optional(text('NAME', 'the weight file to read, where the folder holds several')),
  device: withDefault(
    choice(devices, 'where it runs (default auto: a GPU that works and is exact, else the processor)'),
    'auto' as const,
  ),
};
