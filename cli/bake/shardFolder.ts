import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { isLensError, LensError } from '../../src/errors.ts';
import { parseJson } from '../folder.ts';
import { writeWhole } from './files.ts';

const natural = z.number().int().nonnegative();
const text = z.string().max(4000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const runSchema = z.object({
  format: z.literal('neuronlens-shard'),
  version: z.literal(1),
  software: z.object({ name: text, version: text }),
  model: z.object({ name: text, hash: sha256 }),
  /** `listing`: see `PictureEntries`; `setHash` of a shipped set. */
  input: z.object({ name: text, listing: sha256, setHash: sha256.optional() }),
  options: z.object({ top: natural.min(1), blocks: z.array(natural).min(1) }),
  /** Of a later look: SHA-256 of the open.json whose questions it is taken for. */
  again: sha256.optional(),
  shard: z.object({ index: natural, of: natural.min(1) }),
});

/** Everything that the numbers in a state folder depend on. */
export type ShardRun = Readonly<z.infer<typeof runSchema>>;

/** Says which run a folder is of. */
export const RUN = 'run.json';
/** What there is of the pictures, a line each. */
export const PICTURES = 'pictures.jsonl';

/** File of a block's state. */
export const stateFile = (block: number): string => `block-${block}.safetensors`;

/**
 * The folder of an unfinished run beside its result. What it holds of the same run is gone on from.
 * @param fresh throws away what there is
 * @returns the folder, and whether it holds a part of the run
 * @throws LensError `bad-request` when it holds another run, or another process is at work in it
 */
export async function openWork(
  out: string,
  run: ShardRun,
  fresh: boolean,
): Promise<{ readonly folder: string; readonly found: boolean }> {
  const folder = `${resolve(out)}.checkpoint`;
  if (fresh) {
    if (await stat(folder).catch(() => undefined)) await lock(folder);
    await rm(folder, { recursive: true, force: true });
  }
  const bytes = await readFile(join(folder, RUN)).catch(() => undefined);
  if (bytes) {
    const differ = difference(parseRun(bytes, folder), run);
    if (differ === undefined) {
      await lock(folder);
      return { folder, found: true };
    }
    throw new LensError(
      'bad-request',
      `${folder} holds an unfinished run with another ${differ}; --fresh throws it away and starts anew.`,
    );
  }
  await mkdir(folder, { recursive: true });
  await writeRun(folder, run);
  await lock(folder);
  return { folder, found: false };
}

export const writeRun = (folder: string, run: ShardRun): Promise<void> =>
  writeWhole(join(folder, RUN), `${JSON.stringify(run, undefined, 1)}\n`);

/** Says who is at work in a folder. */
export const LOCK = 'process.json';

/** Refuses a folder in which another living process of this machine is at work. Of other machines nothing is known. */
async function lock(folder: string): Promise<void> {
  const path = join(folder, LOCK);
  const found = await readFile(path, 'utf8').catch(() => '');
  const [, pid, host] = /^\{"pid":(\d{1,9}),"host":"([^"]*)"\}$/.exec(found) ?? [];
  if (host === hostname() && Number(pid) !== process.pid && isAlive(Number(pid))) {
    throw new LensError(
      'bad-request',
      `Process ${pid} is at work on this run; wait for it, or end it. If it is another program, remove ${path}.`,
    );
  }
  await writeWhole(path, JSON.stringify({ pid: process.pid, host: hostname() }));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the state folder is there, made by the same run: a job that is started twice has nothing to do. */
export async function isFinished(out: string, run: ShardRun): Promise<boolean> {
  const bytes = await readFile(join(out, RUN)).catch(() => undefined);
  return bytes !== undefined && difference(parseRun(bytes, out), run) === undefined;
}

function parseRun(bytes: Uint8Array, folder: string): ShardRun {
  const parsed = runSchema.safeParse(parseJson(bytes, join(folder, RUN)));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new LensError(
    'bad-file',
    `${join(folder, RUN)} is not what bake writes (${path.join('.')}: ${message}).`,
  );
}

/** Names of what makes runs different, in the words of a sentence. */
const PARTS: readonly (readonly [string, (run: ShardRun) => unknown])[] = [
  ['version of neuronlens', ({ software }) => software],
  ['model', ({ model }) => model.hash],
  ['image set', ({ input }) => [input.listing, input.setHash]],
  ['choice of blocks', ({ options }) => options.blocks],
  ['size of top sets', ({ options }) => options.top],
  ['look', ({ again }) => again],
  ['number of shards', ({ shard }) => shard.of],
  ['shard', ({ shard }) => shard.index],
];
/** Parts before this one are the same for all looks of a run. */
const LOOK = PARTS.findIndex(([name]) => name === 'look');

/** What differs between two runs; undefined for the same run of the same shard. */
function difference(a: ShardRun, b: ShardRun, parts = PARTS): string | undefined {
  return parts.find(([, of]) => JSON.stringify(of(a)) !== JSON.stringify(of(b)))?.[0];
}

/** What differs between two runs but for how they are shared out. */
export const runDifference = (a: ShardRun, b: ShardRun): string | undefined =>
  difference(a, b, PARTS.slice(0, LOOK));

/** A finished shard of a run. */
export interface ShardFolder {
  readonly path: string;
  readonly run: ShardRun;
}

/**
 * The shards of one run, each once and all of them, in their order whatever the order given.
 * @throws LensError `bad-file` (a file is missing), `bad-request` (a shard is missing, twice, or of another run)
 */
export async function wholeRun(
  shards: readonly ShardFolder[],
  filesOf: (run: ShardRun) => readonly string[],
): Promise<readonly [ShardFolder, ...ShardFolder[]]> {
  const [first] = shards;
  if (!first) throw new LensError('bad-request', 'Give the state folders that bake --shard wrote.');
  const byIndex = new Map<number, ShardFolder>();
  for (const shard of shards) {
    await requireFiles(shard, filesOf(shard.run));
    const differ = difference(first.run, shard.run, PARTS.slice(0, -1));
    if (differ !== undefined)
      throw new LensError(
        'bad-request',
        `${shard.path} and ${first.path} are of different runs: they have another ${differ}.`,
      );
    const { index, of } = shard.run.shard;
    const twin = byIndex.get(index);
    if (twin)
      throw new LensError(
        'bad-request',
        `${twin.path} and ${shard.path} are both shard ${index} of ${of}: give one.`,
      );
    byIndex.set(index, shard);
  }
  const { of } = first.run.shard;
  const missing = Array.from({ length: of }, (_, index) => index).filter((index) => !byIndex.has(index));
  if (missing.length > 0)
    throw new LensError(
      'bad-request',
      `Of ${of} shards (0 to ${of - 1}) ${missing.length === 1 ? 'one is' : `${missing.length} are`} missing: ${shortList(missing)}.`,
    );
  return Array.from({ length: of }, (_, index) => byIndex.get(index)!) as [ShardFolder];
}

const shortList = (numbers: readonly number[]): string =>
  numbers.length <= 8 ? numbers.join(', ') : `${numbers.slice(0, 8).join(', ')}, …`;

/**
 * A folder that bake finished, or merge --unsettled; one under work is called "….checkpoint".
 * @throws LensError `unavailable` (not there), `bad-file` (not ours), `bad-request` (unfinished)
 */
export async function openShard(path: string): Promise<ShardFolder> {
  if (/\.checkpoint\/?$/.test(path)) throw unfinished(path);
  const bytes = await readFile(join(path, RUN)).catch((cause: unknown) => {
    throw new LensError('unavailable', `${path} is no state folder of bake --shard.`, { cause });
  });
  return { path, run: parseRun(bytes, path) };
}

async function requireFiles({ path }: ShardFolder, wanted: readonly string[]): Promise<void> {
  const names = new Set(await readdir(path));
  const absent = wanted.find((name) => !names.has(name));
  if (absent !== undefined)
    throw new LensError('bad-file', `${path} is incomplete: ${absent} is not in it; make that shard again.`);
}

const unfinished = (path: string) =>
  new LensError(
    'bad-request',
    `${basename(path)} is an unfinished shard: run its bake --shard again, which goes on where it stopped.`,
  );

/** Names a broken file of a shard in what its reading threw. */
export function inShard(error: unknown, path: string): unknown {
  if (!isLensError(error) || error.tag !== 'bad-file') return error;
  return new LensError('bad-file', `${path} is damaged (${error.message}); make that shard again.`, {
    cause: error,
  });
}
