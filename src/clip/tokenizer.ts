import { Tokenizer as HubTokenizer } from '@huggingface/tokenizers';
import { LensError } from '../errors.ts';

/** Texts ready for the text tower. */
export interface TokenBatch {
  /** [texts, length], padded with end-of-text. */
  readonly tokens: BigInt64Array;
  /** Position of end-of-text in each row [texts]. */
  readonly ends: BigInt64Array;
  /** Length of the longest text: the causal tower needs no more padding than that. */
  readonly length: number;
}

export interface Tokenizer {
  /** Ids from start-of-text to end-of-text; what is too long is cut before end-of-text. */
  encode(text: string): { readonly ids: number[] };
  encodeBatch(texts: readonly string[]): TokenBatch;
}

/**
 * Makes a tokenizer of a parsed `tokenizer.json`. The library neither truncates nor pads; both are
 * done here.
 * @param contextLength longest token sequence of the model, start and end included.
 * @throws LensError `bad-file` when it is no tokenizer.json, `unsupported` when its texts do not
 * begin and end with a special token as CLIP's do.
 */
export function loadTokenizer(tokenizerJson: unknown, contextLength: number): Tokenizer {
  const tokenizer = open(tokenizerJson);
  const [start, end, ...more] = tokenizer.encode('').ids;
  if (start === undefined || end === undefined || more.length > 0) {
    throw new LensError(
      'unsupported',
      'This tokenizer does not put start-of-text and end-of-text around a text; use the tokenizer.json of a CLIP model.',
    );
  }

  const encode = (text: string) => {
    const { ids } = tokenizer.encode(text);
    return { ids: ids.length <= contextLength ? ids : [...ids.slice(0, contextLength - 1), end] };
  };

  return { encode, encodeBatch: (texts) => tokenBatch(texts.map((text) => encode(text).ids)) };
}

/**
 * Encoded texts, each from start- to end-of-text, as one batch.
 * @param length pads to more than the longest text, as others do; it changes nothing but the time it takes
 */
export function tokenBatch(rows: readonly (readonly number[])[], length = longest(rows)): TokenBatch {
  const end = rows[0]?.at(-1) ?? 0;
  const tokens = new BigInt64Array(rows.length * length).fill(BigInt(end));
  for (const [r, row] of rows.entries()) tokens.set(row.map(BigInt), r * length);
  // CLIP pools at the first end-of-text, which a text can also spell out.
  const ends = BigInt64Array.from(rows, (row) => BigInt(row.indexOf(end, 1)));
  return { tokens, ends, length };
}

const longest = (rows: readonly (readonly number[])[]): number =>
  rows.reduce((length, row) => Math.max(length, row.length), 0);

function open(tokenizerJson: unknown): HubTokenizer {
  try {
    return new HubTokenizer(tokenizerJson as object, {});
  } catch (cause) {
    throw new LensError('bad-file', 'The tokenizer.json cannot be read; take it from the model’s own page.', {
      cause,
    });
  }
}
