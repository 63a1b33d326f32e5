import { name, version } from '../package.json';
import type { Engine, PixelSource } from '../src/engine/engine.ts';
import { sha256 } from '../src/images/hash.ts';
import type { PictureSource } from '../src/images/picture.ts';
import type { ClassEmbeddings } from '../src/lens/zeroShot.ts';
import type { JobOptions, Progress } from '../src/progress.ts';
import { ablationStudy } from '../src/studies/ablation.ts';
import { atomsOf, type BlockStudy, studyBlocks } from '../src/studies/blockStudy.ts';
import { type Checkpoint, keptJson, within } from '../src/studies/checkpoint.ts';
import { keeper } from '../src/studies/study.ts';
import { ExperimentFiles } from './experimentFiles.ts';
import { type ExperimentImages, narrowed, openImages } from './experimentImages.ts';
import type {
  AblationRequest,
  ExperimentAbout,
  ExperimentRequest,
  ExperimentRun,
  ExperimentTables,
  KeptRun,
} from './experimentProtocol.ts';
import { givenStudy } from './givenStudy.ts';
import { browserCacheFolder, type CacheFolder } from './poolCache.ts';
import type { Pools } from './pools.ts';
import type { ModelInfo } from './protocol.ts';

/** The model that an experiment runs with. */
export interface ExperimentModel {
  readonly engine: Engine;
  readonly info: Pick<ModelInfo, 'title' | 'hash'>;
  readonly pixelsOf: (pictures: PictureSource) => PixelSource;
}

/** One run of an experiment while it goes on. */
interface Sitting {
  readonly model: ExperimentModel;
  readonly images: ExperimentImages;
  readonly pools: Pools;
  readonly checkpoint: Checkpoint;
  /** What other experiments on the same pictures can use too. */
  readonly shared: Checkpoint;
  readonly job: JobOptions;
  readonly onTables: (tables: ExperimentTables) => void;
}

const secondsSince = (time: number): number => (performance.now() - time) / 1000;

const RUN = 'run';
const FOLDER = 'experiments';
/** Begins the name of what belongs to no single run: analyses of blocks. */
const SHARED = 'blocks-';

/** Experiments that run here, and those whose results are kept. */
export class Experiments {
  readonly #pools: Pools;
  readonly #files: ExperimentFiles;
  readonly #underWay = new Map<string, () => ExperimentRun>();

  constructor(
    pools: Pools,
    folder: () => Promise<CacheFolder | undefined> = () => browserCacheFolder(FOLDER),
  ) {
    this.#pools = pools;
    this.#files = new ExperimentFiles(folder);
  }

  /** @throws LensError as {@link openImages} and the engine's tables; `cancelled` */
  async run(request: ExperimentRequest, model: ExperimentModel, job: JobOptions): Promise<ExperimentRun> {
    const { key, address } = request;
    const images = await openImages(request, model.pixelsOf, job);
    const about = aboutOf(request, model, images);
    const before = await this.#takeUp(key, about);
    if (before?.finished) return before;
    const checkpoint = this.#files.of(key);
    const keep = keeper(checkpoint, RUN);
    const since = performance.now();
    let tables: ExperimentTables = before?.tables ?? { kind: request.kind, parts: [] };
    let stage: string | undefined;
    let tableSince: number | undefined;
    const state = (finished: boolean): ExperimentRun => ({
      key,
      address,
      about,
      backend: model.engine.backend,
      tables,
      finished,
      ...(!finished && { stage }),
      seconds: (before?.seconds ?? 0) + secondsSince(since),
      tableSeconds: (before?.tableSeconds ?? 0) + (tableSince === undefined ? 0 : secondsSince(tableSince)),
    });
    const watched: JobOptions = {
      ...job,
      onProgress: (progress: Progress) => {
        stage = progress.stage;
        job.onProgress?.(progress);
      },
    };
    this.#underWay.set(key, () => state(false));
    try {
      await keep.now(state(false));
      const sitting: Sitting = {
        model,
        images: { ...images, parts: narrowed(images.parts, request) },
        pools: this.#pools,
        checkpoint,
        shared: await this.#sharedBy(about, request.topK),
        job: watched,
        onTables: (next) => {
          tables = next;
          tableSince ??= performance.now();
          void keep.soon(state(false));
        },
      };
      tables = await tablesOf(request, sitting);
      const run = state(true);
      await keep.now(run);
      await this.#files.remove(key, RUN);
      return run;
    } catch (error) {
      await keep.now(state(false));
      throw error;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async get(key: string): Promise<ExperimentRun | undefined> {
    return this.#underWay.get(key)?.() ?? keptJson<ExperimentRun>(this.#files.of(key), RUN);
  }

  /** The latest first. */
  async list(): Promise<KeptRun[]> {
    const list: KeptRun[] = [];
    for (const [key, at] of await this.#files.runs()) {
      const run = key.startsWith(SHARED)
        ? undefined
        : await keptJson<ExperimentRun>(this.#files.of(key), RUN);
      if (!run) continue;
      const { address, about, finished, seconds, tableSeconds, tables } = run;
      const pictures = tables.parts.reduce((sum, part) => sum + part.images, 0);
      list.push({ key, address, about, finished, seconds, tableSeconds, pictures, at });
    }
    return list.sort((a, b) => b.at - a.at);
  }

  forget(key: string): Promise<void> {
    return this.#files.remove(key);
  }

  /** What an earlier run of that key left; nothing when it was another run. */
  async #takeUp(key: string, about: ExperimentAbout): Promise<ExperimentRun | undefined> {
    const kept = await keptJson<ExperimentRun>(this.#files.of(key), RUN);
    if (kept && JSON.stringify(kept.about) === JSON.stringify(about)) return kept;
    await this.#files.remove(key);
    return undefined;
  }

  /** Analyses of one model on one set; those of others make room. */
  async #sharedBy({ model, images }: ExperimentAbout, topK: number): Promise<Checkpoint> {
    const about = new TextEncoder().encode([model.hash, images.hash, topK].join(' '));
    const own = `${SHARED}${(await sha256(about)).slice(0, 16)}`;
    for (const other of (await this.#files.runs()).keys())
      if (other.startsWith(SHARED) && other !== own) await this.#files.remove(other);
    return this.#files.of(own);
  }
}

function tablesOf(request: ExperimentRequest, sitting: Sitting): Promise<ExperimentTables> {
  return ablationTables(request, sitting);
}

async function ablationTables(request: AblationRequest, sitting: Sitting): Promise<ExperimentTables> {
  const { model, images, checkpoint, job, onTables } = sitting;
  const { engine } = model;
  const { form, seeds, terms } = request;
  const classes = await classesOf(sitting);
  const studies = await studiesOf(request, sitting);
  const words = terms.length > 0 ? await wordsOf(request, sitting) : undefined;
  const parts = await ablationStudy(
    { engine, checkpoint, job },
    {
      studies,
      images,
      classes,
      words: words && { ...words, terms },
      codes: words?.codes,
      form,
      seeds,
      onTables: (some) => onTables({ kind: 'ablation', parts: some }),
    },
  );
  return { kind: 'ablation', parts };
}

interface ReadWords {
  readonly name: string;
  readonly texts: readonly string[];
  readonly embeddings: Float32Array;
  /** Where codes over these texts are kept. */
  readonly codes: Checkpoint;
}

/** The list of words that was asked for, as the model reads it. */
async function wordsOf(
  { words, form, analyses }: ExperimentRequest,
  { model, pools, shared, job }: Sitting,
): Promise<ReadWords | undefined> {
  if (!words) return undefined;
  const { texts, embeddings } = await pools.read({ source: words.source, template: '{}' }, model.engine, job);
  const hash = await sha256(new TextEncoder().encode(texts.join('\n')));
  const directions = analyses.length > 0 ? 'given' : 'own';
  const codes = within(shared, `${hash.slice(0, 16)} ${atomsOf(form)} ${directions}`);
  return { name: words.name, texts, embeddings, codes };
}

/** Class embeddings, read once for all experiments on the set. */
async function classesOf({ images, model, shared, job }: Sitting): Promise<ClassEmbeddings> {
  const { engine } = model;
  const { dim } = engine.config;
  const count = images.classNames.length;
  const kept = await shared.get('classes');
  if (kept?.length === 4 * count * dim) return { count, dim, vectors: new Float32Array(kept.slice().buffer) };
  const classes = await images.classes(engine, job);
  const { buffer, byteOffset, byteLength } = classes.vectors;
  await shared.put('classes', new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
  return classes;
}

/** The blocks' analyses: those the page gave, and the others made here over the whole set. */
async function studiesOf(
  { blocks, analyses, topK }: ExperimentRequest,
  { model, images, shared, job }: Sitting,
): Promise<BlockStudy[]> {
  const given = new Map(analyses.map((analysis) => [analysis.block, givenStudy(analysis, images.count)]));
  const missing = blocks.filter((block) => !given.has(block));
  const made =
    missing.length > 0 ? await studyBlocks(model.engine, images.pixels(), missing, topK, shared, job) : [];
  return blocks.map((block) => given.get(block) ?? made.find((study) => study.block === block)!);
}

function aboutOf(
  request: ExperimentRequest,
  { info }: ExperimentModel,
  { name: set, hash, count }: ExperimentImages,
): ExperimentAbout {
  const { kind, form, topK, blocks, pictures, parts, seeds, analyses } = request;
  return {
    software: { name, version },
    experiment: kind,
    form,
    parameters: {
      layers: blocks,
      top: topK,
      topFraction: topK / count,
      first: pictures ?? 'all',
      parts: parts ?? 'all',
      seeds,
      ...parametersOf(request),
    },
    model: { name: info.title, hash: info.hash },
    images: { name: set, hash, count },
    analysesGiven: analyses.map(({ block }) => block),
  };
}

function parametersOf(request: ExperimentRequest): Record<string, unknown> {
  const { words, terms, form } = request;
  return words && terms.length > 0 ? { texts: words.name, terms, atoms: atomsOf(form) } : {};
}
