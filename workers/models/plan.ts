import { byteCount, without } from '../../src/clip/checkpoint/byteRanges.ts';
import { chooseWeights } from '../../src/clip/checkpoint/chooseWeights.ts';
import { parseSafetensorsHeader, safetensorsHeaderLength } from '../../src/clip/checkpoint/safetensors.ts';
import { formatOf } from '../../src/clip/checkpoint/sniff.ts';
import { type TowerPart, towerRanges } from '../../src/clip/checkpoint/towerRanges.ts';
import { sizesOf } from '../../src/clip/checkpoint/towerSizes.ts';
import type { ClipConfig } from '../../src/clip/config.ts';
import { publishedFor } from '../../src/clip/published.ts';
import { choosePrecision, planRun, textParameters, visionParameters } from '../../src/engine/checks/plan.ts';
import { LensError } from '../../src/errors.ts';
import type { JobOptions } from '../../src/progress.ts';
import type { ModelNeeds, ModelPlan, ModelSource, PlannedFile } from '../protocol.ts';
import { bytesOf } from './chosenFiles.ts';
import { megabytes } from './fetchFile.ts';
import { hasHeader, type Recipe, type RecipeFile } from './recipe.ts';
import { type Patience, RemoteFile } from './remoteFile.ts';
import type { Glance, ModelStore } from './store.ts';

/** Sizes of a model as far as they can be known without its weights. */
interface Sizes {
  readonly vision: number | undefined;
  readonly text: number | undefined;
  readonly whole: number | undefined;
  readonly config: ClipConfig | undefined;
  readonly parts?: { readonly vision?: TowerPart; readonly text?: TowerPart };
}

/**
 * What opening a model of a recipe would take. A catalogue's entry is answered without asking anybody; of other
 * addresses the header is read, and not kept.
 */
export async function planRecipe(
  recipe: Recipe,
  store: ModelStore,
  job: JobOptions,
  patience?: Patience,
): Promise<ModelPlan> {
  const stored = await store.glance(recipe);
  const sizes = recipe.catalogue ? catalogueSizes(recipe) : await headerSizes(recipe, stored, job, patience);
  const { problems, ...needs } = needsOf(sizes.config, sizes.vision ?? sizes.text ?? sizes.whole ?? 0);
  const here = stored?.note.towers ?? [];
  const missing = (tower: 'vision' | 'text'): number | undefined => {
    if (here.includes(tower)) return 0;
    const total = sizes[tower];
    const file = stored?.files.find(({ record }) => record.role === tower || record.role === 'weights');
    const part = sizes.parts?.[tower];
    if (file?.arrived && part) return byteCount(without(part.ranges, file.arrived.have));
    return total === undefined ? undefined : Math.max(0, total - arrivedOf(file, here));
  };
  const hasVision = sizes.vision !== undefined || sizes.text === undefined;
  const bytesToDownload = (hasVision ? missing('vision') : missing('text')) ?? 0;
  const quotaFree = await store.disk.free();
  const tooBig = quotaFree !== undefined && bytesToDownload > quotaFree;
  return {
    title: recipe.title,
    files: planned(recipe, stored, sizes),
    bytesToDownload,
    textBytesToDownload: hasVision ? missing('text') : 0,
    bytesStored: (stored?.files ?? []).reduce((sum, { arrived }) => sum + byteCount(arrived?.have ?? []), 0),
    quotaFree,
    needs,
    selfCheck: sizes.config && checkWords(recipe.catalogue?.outputsOf, sizes.config),
    licence: recipe.catalogue?.licence,
    citation: recipe.catalogue?.citation,
    problems: [
      ...(tooBig
        ? [
            `The download of ${megabytes(bytesToDownload)} does not fit into the ${megabytes(quotaFree)} that the browser lets this page store.`,
          ]
        : []),
      ...problems,
    ],
  };
}

/** Where only the size of a file is known: weights as they are, half as much again for all the rest. */
const WITHOUT_SIZES = 1.6;

/** What a model takes to run, estimated from its sizes; from its bytes alone where nothing else is known. */
export function needsOf(config: ClipConfig | undefined, bytes: number): ModelNeeds & { problems: string[] } {
  if (!config?.vision) {
    const about = Math.round(WITHOUT_SIZES * bytes);
    const processor = `Needs about ${megabytes(about)} of memory, and is many times slower.`;
    return { gpuBytes: about, wasmBytes: about, processor, problems: [] };
  }
  const precision = choosePrecision(config, { backend: 'webgpu', half: true });
  const gpu = planRun(config, { backend: 'webgpu', precision });
  const threads = globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  const wasm = planRun(config, { backend: 'wasm', threads });
  return {
    gpuBytes: gpu.gpuBytes,
    wasmBytes: wasm.heapBytes,
    processor: wasm.sentences.join(' '),
    problems: wasm.fits ? [] : [...wasm.sentences],
  };
}

function checkWords(model: string | undefined, config: ClipConfig): string {
  const claim = publishedFor(model, config);
  if (typeof claim === 'string') return claim;
  return claim.stated
    ? 'Its outputs were published: they are compared when it opens.'
    : `It has the sizes of ${claim.values.model}: it is compared with that model’s published outputs when it opens.`;
}

/** Bytes of an interrupted download; those of a tower that is complete are not the other's. */
const arrivedOf = (file: Glance['files'][number] | undefined, towers: readonly string[]): number =>
  file?.arrived && !(file.record.role === 'weights' && towers.length > 0) ? byteCount(file.arrived.have) : 0;

function planned(recipe: Recipe, stored: Glance | undefined, sizes: Sizes): PlannedFile[] {
  return recipe.files.map(({ role, url, bytes }) => ({
    name: url.split('?')[0]!.split('/').at(-1)!,
    role,
    bytes:
      bytes ??
      stored?.files.find(({ record }) => record.url === url)?.arrived?.size ??
      (role === 'weights' ? sizes.whole : role === 'vision' ? sizes.vision : undefined),
  }));
}

const ELEMENT_BYTES = { float32: 4, float16: 2, int8: 1 } as const;

function catalogueSizes({ catalogue, files }: Recipe): Sizes {
  const { config, precision } = catalogue!;
  const bytes = (role: string): number | undefined => files.find((file) => file.role === role)?.bytes;
  const each = ELEMENT_BYTES[precision];
  return {
    vision: bytes('vision') ?? each * visionParameters(config.vision, config.dim),
    text: bytes('text') ?? each * textParameters(config.text, config.dim),
    whole: bytes('weights'),
    config,
  };
}

const HEAD_BYTES = 256 * 1024;

/** Bytes from the beginning of a file, at most so many. */
type ReadHead = (bytes: number) => Promise<Uint8Array<ArrayBuffer>>;

async function headerSizes(
  recipe: Recipe,
  glance: Glance | undefined,
  { signal }: JobOptions,
  patience: Patience | undefined,
): Promise<Sizes> {
  const known = recipe.files.find(({ role }) => role === 'vision' || role === 'weights')!;
  if (glance && glance.note.towers.length > 0) return storedSizes(glance, known);
  const remote = new RemoteFile(known.url, {}, patience);
  const readHead: ReadHead = async (length) => {
    const head = new Uint8Array(length);
    const fill = (at: number, bytes: Uint8Array): void =>
      head.set(bytes.subarray(0, Math.max(0, length - at)), at);
    await remote.read([0, length], fill, { signal, limit: Number.MAX_SAFE_INTEGER, modest: true });
    return head;
  };
  const head = await readHead(HEAD_BYTES);
  const { size } = remote.version;
  if (!hasHeader(known.url)) return { vision: size, text: undefined, whole: size, config: undefined };
  return towerSizes(head, size, readHead);
}

/** Sizes of a safetensors file's towers. @throws LensError for what is none, or no CLIP */
async function towerSizes(
  head: Uint8Array<ArrayBuffer>,
  size: number | undefined,
  readHead: ReadHead,
): Promise<Sizes> {
  const most = size ?? Number.MAX_SAFE_INTEGER;
  const end = 8 + safetensorsHeaderLength(head, most);
  const header = end > head.length ? await readHead(end) : head;
  const { tensors } = parseSafetensorsHeader(header.subarray(8, end), most);
  const parts = towerRanges(tensors.values());
  return {
    vision: parts.vision && byteCount(parts.vision.ranges),
    text: parts.text && byteCount(parts.text.ranges),
    whole: size,
    config: parts.vision && sizesOf(parts.vision.tensors),
    parts,
  };
}

function storedSizes({ note, files }: Glance, { url }: RecipeFile): Sizes {
  const arrived = files.find(({ record }) => record.url === url)?.arrived;
  const bytes = byteCount(arrived?.have ?? []);
  const vision = note.towers.includes('vision') ? bytes : undefined;
  return {
    vision,
    text: vision === undefined ? bytes : undefined,
    whole: arrived?.size,
    config: undefined,
  };
}

/**
 * A model in files of a person's own, or in a folder of ours: nothing is stored, all of it is read.
 * @throws LensError at once for a single file that is no model that is read here
 */
export async function planInPlace(
  source: Extract<ModelSource, { kind: 'files' | 'folder' }>,
  store: ModelStore,
): Promise<ModelPlan> {
  const chosen = source.kind === 'files' ? chooseWeights(source.files) : [];
  if (source.kind === 'files' && chosen.length === 0) {
    throw new LensError('bad-request', 'There is no model file among these.');
  }
  const files = chosen.map(({ name, size }): PlannedFile => ({ name, role: 'weights', bytes: size }));
  const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  const config = chosen.length === 1 ? await configOf(chosen[0]!) : undefined;
  const { problems, ...needs } = needsOf(config, bytes);
  const folder = source.kind === 'folder' ? source.url.replace(/\/$/, '').split('/').at(-1) : undefined;
  return {
    title: folder ?? files[0]?.name ?? 'A model',
    files: folder ? [{ name: 'model.safetensors', role: 'weights', bytes: undefined }] : files,
    bytesToDownload: 0,
    textBytesToDownload: 0,
    bytesStored: 0,
    quotaFree: await store.disk.free(),
    needs,
    selfCheck: config && checkWords(undefined, config),
    licence: undefined,
    citation: undefined,
    problems,
  };
}

/** Sizes of a model in a file, as far as its header tells. @throws LensError for what is no CLIP that is read here */
async function configOf(file: File): Promise<ClipConfig | undefined> {
  const readHead: ReadHead = (length) => bytesOf(file, length);
  const head = await readHead(HEAD_BYTES);
  if (formatOf({ name: file.name, bytes: head }) !== 'safetensors') return undefined;
  return (await towerSizes(head, file.size, readHead)).config;
}
