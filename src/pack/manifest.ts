import { z } from 'zod';
import type { ClipConfig } from '../clip/config.ts';
import { laterHeads } from '../clip/trace.ts';
import { LensError } from '../errors.ts';

/** Version of the pack format this software writes; it reads all before it. */
export const PACK_VERSION = 2;

const natural = z.number().int().nonnegative();
const positive = z.number().int().positive().max(10_000_000);
const text = z.string().max(4000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hex');
/** A plain name beside pack.json: a pack can point neither at another folder nor at another server. */
const fileName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,199}$/, 'not a plain file name');

const tower = {
  width: positive,
  layers: positive.max(1000),
  heads: positive.max(1000),
  neurons: positive,
  activation: z.enum(['quick_gelu', 'gelu']),
  layerNormEps: z.number().positive(),
};
const configSchema = z.object({
  dim: positive,
  vision: z.object({ ...tower, imageSize: positive, patchSize: positive }),
  text: z.object({ ...tower, vocabularySize: positive, contextLength: positive }).optional(),
});

const backendSchema = z.object({
  provider: z.enum(['webgpu', 'wasm', 'cpu']),
  adapter: text,
  software: z.boolean(),
  threads: natural,
  crossOriginIsolated: z.boolean(),
  precision: z.enum(['float32', 'float16']),
  runtime: text,
  fallbackReason: text.optional(),
});

const blockSchema = z.object({
  block: natural,
  neurons: positive,
  dim: positive,
  laterHeads: z.array(z.object({ block: natural, head: natural })).min(1),
  overview: fileName,
  detail: fileName,
  /** Whether ends and histograms are of all images or of the strongest alone; version 1 knew only the former. */
  looked: z.enum(['all', 'strongest']).default('all'),
  /** Neurons whose top set is not proven to be exact. */
  uncertified: natural.default(0),
});

const manifestSchema = z.object({
  format: z.literal('neuronlens-pack'),
  version: z.union([z.literal(1), z.literal(PACK_VERSION)]),
  software: z.object({ name: text, version: text }),
  model: z.object({ name: text, url: text.optional(), hash: sha256, config: configSchema }),
  set: z.object({ name: text, url: text.optional(), hash: sha256, count: positive }),
  options: z.object({
    /** k: size of a neuron's set of strongest images. */
    topK: positive,
    /** k as a share of the set: say both, never k alone. */
    fraction: z.number().positive().max(1),
    /** Images listed at each end of the signed activation. */
    listed: positive,
    /** Bins of the activation histograms. */
    bins: positive.max(1000),
  }),
  backend: backendSchema,
  /** Largest relative deviations measured against a reference, by quantity. */
  deviations: z.object({ reference: text, values: z.record(z.string(), z.number()) }).optional(),
  texts: z.object({ file: fileName, words: fileName, count: positive }).optional(),
  blocks: z.array(blockSchema).min(1).max(1000),
});

/** pack.json: what was analysed, how, and which file holds which block. */
export type PackManifest = Readonly<z.infer<typeof manifestSchema>>;
export type PackBlock = PackManifest['blocks'][number];

const bad = (what: string, cause?: unknown) =>
  new LensError('bad-file', `This is not a neuron pack we can read: ${what}.`, { cause });

/**
 * Reads pack.json.
 * @throws LensError `bad-file` (not a pack, or one that contradicts itself), `unsupported` (a newer version)
 */
export function parseManifest(bytes: Uint8Array): PackManifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw bad('pack.json is not JSON', cause);
  }
  refuseOtherVersions(json);
  const result = manifestSchema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw bad(`${issue?.path.join('.') || 'pack.json'}: ${issue?.message ?? 'unknown'}`, result.error);
  }
  checkManifest(result.data);
  return result.data;
}

function refuseOtherVersions(json: unknown): void {
  if (typeof json !== 'object' || json === null || !('format' in json) || json.format !== 'neuronlens-pack')
    return;
  if (!('version' in json) || typeof json.version !== 'number' || json.version <= PACK_VERSION) return;
  throw new LensError(
    'unsupported',
    `This pack has version ${json.version}; this software reads versions up to ${PACK_VERSION}. Use a newer neuronlens.`,
  );
}

function checkManifest(manifest: PackManifest): void {
  const { model, set, options } = manifest;
  if (options.topK > set.count) throw bad(`topK ${options.topK} exceeds the ${set.count} images`);
  if (options.listed > set.count) throw bad(`listed ${options.listed} exceeds the ${set.count} images`);
  const seen = new Set<number>();
  for (const entry of manifest.blocks) {
    if (seen.has(entry.block)) throw bad(`block ${entry.block} is listed twice`);
    seen.add(entry.block);
    checkBlock(entry, model.config);
  }
}

function checkBlock(entry: PackBlock, config: ClipConfig): void {
  const { layers = 0, heads = 0, neurons } = config.vision ?? {};
  if (entry.block >= layers - 1) throw bad(`block ${entry.block} of ${layers} has no later heads`);
  if (entry.uncertified > entry.neurons) throw bad(`block ${entry.block} has fewer neurons than it says`);
  if (entry.neurons !== neurons || entry.dim !== config.dim) {
    throw bad(`block ${entry.block} is of another size than the model`);
  }
  const expected = laterHeads(entry.block, layers, heads);
  const same = expected.every(
    ({ block, head }, i) => entry.laterHeads[i]?.block === block && entry.laterHeads[i]?.head === head,
  );
  if (!same || expected.length !== entry.laterHeads.length) {
    throw bad(`block ${entry.block} lists other heads than the model has`);
  }
}
