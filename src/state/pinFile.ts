import { z } from 'zod';
import { LensError } from '../errors.ts';
import { LONGEST_LIST_NAME, LONGEST_NOTE, MOST_PINS, type Pin, type PinList, pinKey } from './pins.ts';
import { PARAMETERS } from './urlParameters.ts';

/** A list of pins as a file: JSON that people can read and mend. */

const FORMAT = 'neuronlens pins';
const VERSION = 1;
/** The largest list there can be, every character of its notes written as \uXXXX twice. */
export const MOST_FILE_BYTES = 2 * 2 ** 20;

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/);

/** What a pin may be, wherever it comes from. */
export const pinSchema: z.ZodType<Pin> = z
  .object({
    model: name,
    set: name,
    pack: PARAMETERS.pack.schema.optional(),
    block: z.int().min(0).max(999),
    neuron: z.int().min(0).max(9_999_999),
    note: z.string().max(LONGEST_NOTE).default(''),
  })
  .transform(({ pack, ...pin }) => (pack === undefined ? pin : { ...pin, pack }));

const listSchema = z.object({
  name: z.string().max(LONGEST_LIST_NAME).default(''),
  pins: z
    .array(pinSchema)
    .max(MOST_PINS)
    .transform((pins) => [...new Map(pins.map((pin) => [pinKey(pin), pin])).values()]),
});

const fileSchema = z.object({ format: z.literal(FORMAT), version: z.number() }).loose();

/** The list as the text of a file. */
export const pinFile = ({ name: title, pins }: PinList): string =>
  `${JSON.stringify({ format: FORMAT, version: VERSION, name: title, pins }, null, 2)}\n`;

/**
 * @param text of a file, from anywhere
 * @throws LensError `bad-file` for what is no list of pins, `unsupported` for one of a later version
 */
export function parsePinFile(text: string): PinList {
  if (text.length > MOST_FILE_BYTES)
    throw new LensError('bad-file', 'This file is far larger than a list of pins can be; it was not read.');
  const data = jsonOf(text);
  const head = fileSchema.safeParse(data);
  if (!head.success)
    throw new LensError('bad-file', 'This is not a list of pins that was saved from this page.');
  if (head.data.version !== VERSION)
    throw new LensError(
      'unsupported',
      'This list of pins is of a later version of this page; reload the page.',
    );
  return checkedList(data);
}

/** @throws LensError `bad-file` with the place and the reason of the first thing that is wrong */
export function checkedList(data: unknown): PinList {
  const result = listSchema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path.join('.') || 'list';
  throw new LensError(
    'bad-file',
    `This list of pins is broken at “${place}”: ${issue?.message ?? 'it is not one'}.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LensError('bad-file', 'This is not a list of pins: it is no JSON.', { cause });
  }
}
