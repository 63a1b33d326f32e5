import { z } from 'zod';
import { LensError } from '../errors.ts';

const thumbsSchema = z
  .object({
    /** Pixels a side of one. */
    size: z.number().int().min(8).max(256),
    columns: z.number().int().min(1).max(256),
    perSheet: z.number().int().min(1).max(4096),
  })
  .refine((thumbs) => thumbs.perSheet % thumbs.columns === 0, {
    error: '`perSheet` is not whole rows of `columns`',
  });

/** Small pictures of a set, for lists: `thumbs.json` beside `thumbs-00.webp`…; made by scripts/thumbs.mjs. */
export type Thumbs = Readonly<z.infer<typeof thumbsSchema>>;

/** @throws LensError `bad-file` */
export function parseThumbs(json: unknown): Thumbs {
  const result = thumbsSchema.safeParse(json);
  if (result.success) return result.data;
  throw new LensError('bad-file', `thumbs.json is not one (${result.error.issues[0]?.message}).`, {
    cause: result.error,
  });
}

/** Where the small one of picture `image` lies: its sheet's file name, and its column and row there. */
export function thumbPlace({ columns, perSheet }: Thumbs, image: number) {
  const cell = image % perSheet;
  const sheet = String(Math.floor(image / perSheet)).padStart(2, '0');
  return { file: `thumbs-${sheet}.webp`, column: cell % columns, row: Math.floor(cell / columns) };
}
