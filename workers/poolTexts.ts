import { LensError } from '../src/errors.ts';

/** A list of texts, as it will be read. */
export interface PoolTexts {
  readonly texts: readonly string[];
  readonly dropped: { readonly empty: number; readonly duplicates: number };
}

export const MAX_TEXTS = 100_000;
export const MAX_CHARACTERS = 200;
/** 100,000 lines of 200 characters, of up to 3 bytes each. */
export const MAX_POOL_BYTES = MAX_TEXTS * (3 * MAX_CHARACTERS + 2);

/**
 * One text a line; what comes again, and lines without text, are dropped and counted.
 * @throws LensError `bad-file` when it is not UTF-8; `bad-request` when a bound is passed or nothing is left
 */
export function poolTexts(bytes: Uint8Array): PoolTexts {
  if (bytes.byteLength > MAX_POOL_BYTES) throw tooMany();
  const seen = new Set<string>();
  let empty = 0;
  let duplicates = 0;
  const lines = decode(bytes).split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop(); // the end of the last line is not another one
  for (const [number, line] of lines.entries()) {
    const text = line.trim();
    if (text.length > MAX_CHARACTERS) {
      throw new LensError(
        'bad-request',
        `Line ${number + 1} has ${text.length} characters; a text may have ${MAX_CHARACTERS}. One text a line.`,
      );
    }
    if (text === '') empty++;
    else if (seen.has(text)) duplicates++;
    else seen.add(text);
    if (seen.size > MAX_TEXTS) throw tooMany();
  }
  if (seen.size === 0) throw new LensError('bad-request', 'The list holds no texts. One text a line.');
  return { texts: [...seen], dropped: { empty, duplicates } };
}

/** @throws LensError `bad-request` for a template that has no place, or more than one, for the text */
export function checkTemplate(template: string): string {
  if (template.length <= MAX_CHARACTERS && template.split('{}').length === 2) return template;
  throw new LensError('bad-request', 'A template needs one {} where the text goes, such as "a photo of {}".');
}

export const fillTemplate = (template: string, text: string): string => template.split('{}').join(text);

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LensError('bad-file', 'The list is not UTF-8 text. Save it as UTF-8, one text a line.', {
      cause,
    });
  }
}

const tooMany = (): LensError =>
  new LensError('bad-request', `The list is too long: ${MAX_TEXTS.toLocaleString('en')} texts at most.`);
