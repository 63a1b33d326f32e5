import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LensError } from '../../src/errors.ts';
import type { Question } from '../../src/lens/laterLook.ts';
import { decodeQuestion, encodeQuestion } from '../../src/lens/laterLookFile.ts';
import { parseJson } from '../folder.ts';
import { readWhole, writeWhole } from './files.ts';

const natural = z.number().int().nonnegative();
const indexSchema = z.object({
  format: z.literal('neuronlens-unsettled'),
  version: z.literal(1),
  blocks: z
    .array(
      z.object({
        block: natural,
        /** Neurons whose top sets are not proven, and whose ends are of their strongest pictures alone. */
        unproven: natural,
        along: natural,
        /** SHA-256 of the block's file. */
        hash: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1),
});

const INDEX = 'open.json';
const questionFile = (block: number): string => `block-${block}.open.safetensors`;
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** What looks leave open of every block of a run, images under their numbers in the whole set. */
export interface Questions {
  readonly questions: readonly Question[];
  /** SHA-256 that stands for them: what is found for these questions is of no use for others. */
  readonly hash: string;
}

/** Writes questions into a folder, the file that makes them whole last. */
export async function writeQuestions(
  folder: string,
  make: () => AsyncIterable<Question> | Iterable<Question>,
): Promise<void> {
  const blocks: z.infer<typeof indexSchema>['blocks'] = [];
  for await (const question of make()) {
    const bytes = encodeQuestion(question);
    const { block } = question.summary;
    await writeWhole(join(folder, questionFile(block)), bytes);
    const [unproven, along] = [question.unproven.length, question.along.length];
    blocks.push({ block, unproven, along, hash: sha256(bytes) });
  }
  const index = { format: 'neuronlens-unsettled', version: 1, blocks };
  await writeWhole(join(folder, INDEX), `${JSON.stringify(index, undefined, 1)}\n`);
}

/** Whether a folder has questions. */
export const isUnsettled = async (folder: string): Promise<boolean> =>
  (await stat(join(folder, INDEX)).catch(() => undefined)) !== undefined;

/**
 * The questions of a folder; undefined where it has none.
 * @throws LensError `bad-file` for damaged ones
 */
export async function readQuestions(folder: string): Promise<Questions | undefined> {
  const path = join(folder, INDEX);
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return undefined;
  const index = indexSchema.safeParse(parseJson(bytes, path));
  if (!index.success) throw new LensError('bad-file', `${path} is not what merge --unsettled writes.`);
  const questions: Question[] = [];
  for (const { block, hash } of index.data.blocks) {
    const file = join(folder, questionFile(block));
    const own = await readWhole(file).catch((cause: unknown) => {
      throw new LensError('bad-file', `${file} is missing: make ${folder} again.`, { cause });
    });
    if (sha256(own) !== hash) throw new LensError('bad-file', `${file} is damaged: make ${folder} again.`);
    questions.push(decodeQuestion(own));
  }
  return { questions, hash: sha256(bytes) };
}
