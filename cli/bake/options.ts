import { LensError } from '../../src/errors.ts';
import * as option from '../options.ts';
import type { Shard } from './entries.ts';

/** Options of whatever writes a pack. */
export const packOptions = {
  texts: option.optional(option.text('FILE', 'a text a line: packed, and every neuron put into its words')),
  listed: option.withDefault(option.count('images listed at each end of the activation (default 48)'), 48),
  'no-pictures': option.flag('leave out the small pictures, for sets that may not be published'),
  'picture-size': option.withDefault(option.count('their side in pixels (default 160)', 16), 160),
  licence: option.withDefault(option.text('TEXT', 'licence of the pictures, as the pack says'), 'not stated'),
  'model-name': option.optional(option.text('NAME', "name of the model in the pack (default: its folder's)")),
  'model-url': option.optional(option.text('URL', 'where the model can be had, as the pack says')),
  'set-name': option.optional(option.text('NAME', "name of the set in the pack (default: its folder's)")),
  'set-url': option.optional(option.text('URL', 'where the set can be had, as the pack says')),
  threads: option.optional(option.count('CPU threads (default: one a core)')),
  force: option.flag('replace an earlier result of neuronlens in that folder'),
};

export type PackValues = option.OptionValues<typeof packOptions>;

const SHARD = /^(\d{1,6})\/(\d{1,6})$/;

/** `i/n`: the i-th of n, from 0. */
export const shardOption = option.optional<Shard>({
  placeholder: 'I/N',
  help: 'only the I-th (from 0) of N shares of the pictures, into a state folder for merge',
  parse: (value, name) => {
    const [, index, of] = SHARD.exec(value)?.map(Number) ?? [];
    if (index === undefined || of === undefined || of < 1 || index >= of) {
      throw new LensError(
        'bad-request',
        `--${name} takes I/N with I from 0 to N−1, like 0/8, not "${value}".`,
      );
    }
    return { index, of };
  },
});

/**
 * Refuses options that were given and have nothing to do where no pack is written.
 * @param allowed those that have
 * @param instead what is written, in the words of a sentence
 * @throws LensError `bad-request`
 */
export function requireOnly(
  values: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
  instead: string,
): void {
  for (const [name, { fallback }] of Object.entries(packOptions)) {
    if (allowed.includes(name) || values[name] === fallback?.value) continue;
    throw new LensError('bad-request', `--${name} is for the pack: give it to ${instead}.`);
  }
}
