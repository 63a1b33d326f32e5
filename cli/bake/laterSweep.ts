import { join } from 'node:path';
import type { StreamingEngine, StreamSource } from '../../src/engine/stream/streaming.ts';
import { type Findings, isOpen, type Question } from '../../src/lens/laterLook.ts';
import { decodeFindings, encodeFindings } from '../../src/lens/laterLookFile.ts';
import type { Context } from '../command.ts';
import { readWhole } from './files.ts';
import { LOCK } from './shardFolder.ts';
import { readCursor, type SweepFiles, sweepKeeper, underwayParts } from './sweepFolder.ts';

const CURSOR = 'later.json';

/** File of what was found for a block. */
export const findingsFile = (block: number): string => `block-${block}.found.safetensors`;
/** What a finished look has no more use for. */
export const laterLeftovers: readonly string[] = [CURSOR, LOCK];

export interface LaterSweepTask {
  readonly engine: StreamingEngine;
  /** The pictures to look at, under their numbers in the whole set. */
  readonly source: StreamSource;
  readonly questions: readonly Question[];
  /** Work folder, which holds what an earlier process of the same look did. */
  readonly folder: string;
  /** Least milliseconds between two checkpoints. */
  readonly every: number;
}

/**
 * Looks at pictures once more until the folder holds what was found for every open question. Killed at any point and called again, it
 * goes on from its last checkpoint and ends with the same bytes.
 * @throws LensError as `StreamingEngine.lookLater`; `bad-file` for a damaged folder
 */
export async function sweepLater(task: LaterSweepTask, { signal, progress }: Context): Promise<void> {
  const { engine, source, folder, every } = task;
  const cursor = await readCursor(folder, CURSOR);
  const open = task.questions.filter(
    (question) => isOpen(question) && !cursor.done.includes(question.summary.block),
  );
  if (open.length === 0) return;
  const questionOf = new Map(open.map((question) => [question.summary.block, question]));
  const files: SweepFiles<Findings> = {
    cursor: CURSOR,
    nameOf: findingsFile,
    encode: (found) => encodeFindings(questionOf.get(found.block)!, found),
  };
  const parts = await underwayParts(folder, cursor, files);
  const from = parts.map(({ block, bytes }) => decodeFindings(questionOf.get(block)!, bytes));
  const keep = sweepKeeper({ folder, files, cursor, every });
  const job = { signal, onProgress: progress.report, onCheckpoint: keep.when, from };
  await keep.finished(await engine.lookLater(source, open, job));
}

/** What was found for a question. Throws LensError `bad-file`. */
export const readFindings = async (folder: string, question: Question): Promise<Findings> =>
  decodeFindings(question, await readWhole(join(folder, findingsFile(question.summary.block))));
