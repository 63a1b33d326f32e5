import { deflateSync, Inflate } from 'fflate';
import { z } from 'zod';
import { joined } from '../bytes.ts';
import { LensError } from '../errors.ts';
import { checkedList } from './pinFile.ts';
import type { Pin, PinList } from './pins.ts';
import { LONGEST_LIST } from './view.ts';

/**
 * A list of pins inside a link: `[version, name, [[model, set, block, neuron, note?, pack?], …]]` as JSON, deflated,
 * in the base64 of addresses. Read for ever; a change of the form takes another version.
 */

const VERSION = 1;
/** What a list may unpack to; the largest list there can be has less, in any script. */
const MOST_BYTES = 512 * 1024;

const linkSchema = z.tuple([
  z.literal(VERSION),
  z.string(),
  z.array(
    z.tuple([z.string(), z.string(), z.number(), z.number()], z.string()).refine((row) => row.length <= 6),
  ),
]);

/** The list as the `list` of a view; undefined where it is too long for a link and a file must do. */
export function packedList({ name, pins }: PinList): string | undefined {
  const rows = pins.map(rowOf);
  const bytes = new TextEncoder().encode(JSON.stringify([VERSION, name, rows]));
  const text = toBase64(deflateSync(bytes, { level: 9 }));
  return text.length <= LONGEST_LIST ? text : undefined;
}

function rowOf({ model, set, block, neuron, note, pack }: Pin): unknown[] {
  const row = [model, set, block, neuron];
  if (pack !== undefined) return [...row, note, pack];
  return note === '' ? row : [...row, note];
}

/**
 * Unpacks the `list` of a view.
 * @throws LensError `bad-file` for anything but a sound list, `unsupported` for one of a later version
 */
export function unpackedList(text: string): PinList {
  const data = jsonOf(inflated(fromBase64(text)));
  if (Array.isArray(data) && typeof data[0] === 'number' && data[0] > VERSION)
    throw new LensError(
      'unsupported',
      'This link was made by a later version of this page; reload the page.',
    );
  const result = linkSchema.safeParse(data);
  if (!result.success) throw broken();
  const [, name, rows] = result.data;
  return checkedList({
    name,
    pins: rows.map(([model, set, block, neuron, note = '', pack]) => ({
      model,
      set,
      block,
      neuron,
      note,
      pack,
    })),
  });
}

const broken = (cause?: unknown): LensError =>
  new LensError('bad-file', 'The list in this link is broken: part of the link may be missing.', { cause });

/** In pieces, so that a small text that would unpack to very much is stopped early. */
const PIECE = 512;

function inflated(packed: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const inflating = new Inflate((piece) => {
    length += piece.length;
    if (length > MOST_BYTES) throw new Error('too much');
    pieces.push(piece);
  });
  let ended = false;
  try {
    for (let at = 0; at < packed.length; at += PIECE) {
      ended = at + PIECE >= packed.length;
      inflating.push(packed.subarray(at, at + PIECE), ended);
    }
  } catch (cause) {
    throw broken(cause);
  }
  if (!ended) throw broken();
  return joined(pieces);
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw broken(cause);
  }
}

const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

function fromBase64(text: string): Uint8Array {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch (cause) {
    throw broken(cause);
  }
}
