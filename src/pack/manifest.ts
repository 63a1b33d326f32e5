import { z } from 'zod';
import type { ClipConfig } from '../clip/config.ts';
import { type Head, laterHeads } from '../clip/trace.ts';
import { LensError } from '../errors.ts';
import { type BlockSizes, columnsOf } from './arrays.ts';
import { LARGEST_WHOLE } from './neuronRows.ts';

/** Version of the pack format this software writes; it reads all before it. */
export const PACK_VERSION = 2;

/** No CLIP has a fifth as many; more would only fill memory. */
const MOST_HEADS = 4096;

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
  provider: z.enum(['webgpu', 'wasm', 'cpu', 'cuda']),
  adapter: text,
  software: z.boolean(),
  threads: natural,
  crossOriginIsolated: z.boolean(),
  precision: z.enum(['float32', 'float16']),
  runtime: text,
  fallbackReason: text.optional(),
});

const chance = z.object({ mean: z.number(), deviation: z.number().nonnegative() });
const codesSchema = z.object({
  atoms: z.literal('unit-atoms'),
  lengths: z.array(z.object({ terms: positive.max(1024), chance })).max(16),
});

const directionsSchema = z.object({
  name: text.min(1),
  /** Of the file they came from. */
  hash: sha256,
  /** A file of names, a line each. */
  names: fileName.optional(),
  /** How many of the model's neurons are listed beside each, and what size of cosine is chance among them. */
  aligned: z.object({ count: positive.max(64), chance: z.number().min(0).max(1) }).optional(),
});

const common = {
  format: z.literal('neuronlens-pack'),
  software: z.object({ name: text, version: text }),
  model: z.object({
    name: text,
    url: text.optional(),
    hash: sha256,
    /** What the hash is of; a whole weight file where it is not said. */
    hashOf: z.enum(['whole file', 'image tower', 'text tower', 'all files']).optional(),
    config: configSchema,
  }),
  set: z.object({
    name: text,
    url: text.optional(),
    hash: sha256,
    count: positive,
    /** Pictures that could not be read and are not among the `count`. */
    skipped: natural.optional(),
  }),
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
};

const blockFacts = { block: natural, neurons: positive, dim: positive, overview: fileName, detail: fileName };

const version1 = z.object({
  ...common,
  version: z.literal(1),
  blocks: z
    .array(
      z.object({ ...blockFacts, laterHeads: z.array(z.object({ block: natural, head: natural })).min(1) }),
    )
    .min(1)
    .max(1000),
});

const version2 = z.object({
  ...common,
  version: z.literal(2),
  /** How the descriptions in words were made; they are over `texts`. */
  codes: codesSchema.optional(),
  /** Whether the set's pictures lie beside pack.json, in the folder `pictures`. */
  pictures: z.boolean().optional(),
  /** Where the one block holds directions made elsewhere and no neurons: which they are. */
  directions: directionsSchema.optional(),
  blocks: z
    .array(
      z.object({
        ...blockFacts,
        /** Whether ends and histograms are of all images or of the strongest alone. */
        looked: z.enum(['all', 'strongest']),
        /** Neurons whose top set is not proven to be exact. */
        uncertified: natural,
        /** Where in a row of the file's `neurons` each list stands. */
        columns: z.record(z.string(), z.tuple([natural, natural])),
      }),
    )
    .min(1)
    .max(1000),
});

type Version2 = z.infer<typeof version2>;
/** pack.json as it is written. */
export type WrittenManifest = Readonly<Version2>;

/** A block of a pack of any version. */
export interface PackBlock extends Omit<Version2['blocks'][number], 'columns'> {
  /** Heads of later blocks, in the order of its shares. */
  readonly laterHeads: readonly Head[];
}

/** pack.json, of any version: what was analysed, how, and which file holds which block. */
export interface PackManifest extends Readonly<Omit<Version2, 'version' | 'blocks'>> {
  readonly version: 1 | 2;
  readonly blocks: readonly PackBlock[];
}

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
  const old = isRecord(json) && json.version === 1;
  const result = old ? version1.safeParse(json) : version2.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw bad(`${issue?.path.join('.') || 'pack.json'}: ${issue?.message ?? 'unknown'}`, result.error);
  }
  const manifest = ofAnyVersion(result.data);
  checkManifest(manifest);
  if (result.data.version === 2) checkColumns(manifest, result.data);
  return manifest;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** What version 1 did not say was so: it looked at all images, and kept nothing uncertain. */
function ofAnyVersion(data: z.infer<typeof version1> | Version2): PackManifest {
  if (data.version === 1) {
    return { ...data, blocks: data.blocks.map((entry) => ({ ...entry, looked: 'all', uncertified: 0 })) };
  }
  const { layers, heads } = data.model.config.vision;
  if (layers * heads > MOST_HEADS) throw bad(`its model has ${layers * heads} heads`);
  return {
    ...data,
    blocks: data.blocks.map(({ columns: _, ...entry }) => ({
      ...entry,
      laterHeads: entry.block < layers && !data.directions ? laterHeads(entry.block, layers, heads) : [],
    })),
  };
}

/** The lists stand where this software would put them: whoever reads by name and whoever reads by place agree. */
function checkColumns(manifest: PackManifest, { blocks }: Version2): void {
  for (const [i, entry] of manifest.blocks.entries()) {
    const { columns } = columnsOf(sizesOf(manifest, entry));
    const stated = blocks[i]!.columns;
    const same = Object.entries(columns).every(
      ([name, [begin, end]]) => stated[name]?.[0] === begin && stated[name]?.[1] === end,
    );
    if (!same || Object.keys(stated).length !== Object.keys(columns).length) {
      throw bad(`the columns of block ${entry.block} are not those of its options`);
    }
  }
}

/** The sizes of a block's arrays. */
export function sizesOf(
  { set, options, codes, directions }: Pick<PackManifest, 'set' | 'options' | 'codes' | 'directions'>,
  entry: Pick<PackBlock, 'neurons' | 'dim' | 'laterHeads'>,
): BlockSizes {
  const { topK, listed, bins } = options;
  const { neurons, dim } = entry;
  return {
    images: set.count,
    neurons,
    dim,
    topK,
    listed,
    bins,
    heads: entry.laterHeads.length,
    codes: codes?.lengths.map(({ terms }) => terms) ?? [],
    aligned: directions?.aligned?.count ?? 0,
  };
}

function refuseOtherVersions(json: unknown): void {
  if (!isRecord(json) || json.format !== 'neuronlens-pack') return;
  if (typeof json.version !== 'number' || json.version <= PACK_VERSION) return;
  throw new LensError(
    'unsupported',
    `This pack has version ${json.version}; this software reads versions up to ${PACK_VERSION}. Use a newer neuronlens.`,
  );
}

function checkManifest(manifest: PackManifest): void {
  const { model, set, options, codes, texts } = manifest;
  if (codes && !texts) throw bad('it has descriptions but not the texts they are made of');
  if (set.count >= LARGEST_WHOLE) throw bad(`it counts ${set.count} images`);
  if (options.topK > set.count) throw bad(`topK ${options.topK} exceeds the ${set.count} images`);
  if (options.listed > set.count) throw bad(`listed ${options.listed} exceeds the ${set.count} images`);
  const seen = new Set<number>();
  for (const entry of manifest.blocks) {
    if (seen.has(entry.block)) throw bad(`block ${entry.block} is listed twice`);
    seen.add(entry.block);
    if (manifest.directions) checkDirections(entry, model.config);
    else checkBlock(entry, model.config);
  }
}

/** Directions may be any number; all that they share with the model is its joint space. */
function checkDirections(entry: PackBlock, { dim }: ClipConfig): void {
  if (entry.block !== 0) throw bad(`directions stand in block 0, not in block ${entry.block}`);
  if (entry.dim !== dim) throw bad('its directions are of another space than the model');
  if (entry.uncertified > 0) throw bad('its directions cannot be uncertain');
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
