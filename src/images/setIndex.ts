import { z } from 'zod';
import { LensError } from '../errors.ts';

const count = z.number().int().nonnegative().max(1_000_000);
const side = z.number().int().positive().max(4096);
const text = z.string().max(4000);

const conceptSchema = z.object({
  label: text,
  /** With its article: "a cat". */
  one: text.optional(),
  group: text,
  subgroup: text,
});

const objectSchema = z.object({
  /** Index into `concepts`. */
  concept: count,
  /** x, y, width, height as fractions of the scene's side. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  /** Fraction of the object that nothing covers. */
  visible: z.number().min(0).max(1),
});

const sceneSchema = z.object({
  caption: text,
  background: text,
  style: text,
  objects: z.array(objectSchema).max(64),
});

const setSchema = z
  .object({
    name: text,
    version: z.union([text, z.number()]).transform(String),
    licence: text,
    /** Pixels a side of one scene in a scene sheet. */
    sceneSize: side,
    /** Pixels a side of one mask in a mask sheet. */
    maskSize: side,
    columns: count.min(1).max(64),
    perSheet: count.min(1).max(4096),
    count: count.min(1),
    /** Style that training has not seen. */
    heldOutStyle: text.optional(),
    groups: z.array(text),
    templates: z.array(text),
    concepts: z.array(conceptSchema),
    scenes: z.array(sceneSchema),
  })
  .refine((set) => set.scenes.length === set.count, { error: '`scenes` has not `count` entries' })
  .refine((set) => set.perSheet % set.columns === 0, { error: '`perSheet` is not whole rows of `columns`' })
  .refine((set) => set.scenes.every((s) => s.objects.every((o) => o.concept < set.concepts.length)), {
    error: 'an object names a concept that is not listed',
  });

/** A set of scenes shipped as sheets: `set.json` beside `scenes-00.webp`… and `masks-00.png`…. */
export type SetIndex = Readonly<z.infer<typeof setSchema>>;
export type Concept = SetIndex['concepts'][number];

/**
 * Reads a parsed `set.json`.
 * @throws LensError `bad-file` saying which field is wrong
 */
export function parseSetIndex(json: unknown): SetIndex {
  const result = setSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  throw new LensError('bad-file', `set.json is not a picture set (${where}${issue?.message ?? 'unknown'}).`, {
    cause: result.error,
  });
}
