import { name, version } from '../package.json';
import { sha256 } from '../src/images/hash.ts';
import type { JobOptions, Progress } from '../src/progress.ts';
import { atomsOf } from '../src/studies/blockStudy.ts';
import { type Checkpoint, keptJson } from '../src/studies/checkpoint.ts';
import { keeper } from '../src/studies/study.ts';
import { ExperimentFiles } from './experimentFiles.ts';
import { type ExperimentImages, openImages } from './experimentImages.ts';
import type { ExperimentAbout, ExperimentRequest, ExperimentRun, KeptRun } from './experimentProtocol.ts';
import {
  ADVERSARIAL,
  type ExperimentModel,
  emptyTables,
  INDIRECT_PICTURES,
  type Sitting,
  tablesOf,
} from './experimentTables.ts';
import { browserCacheFolder, type CacheFolder } from './poolCache.ts';
import type { Pools } from './pools.ts';

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
    let tables = before?.tables ?? emptyTables(request);
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
        images,
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
  switch (request.kind) {
    case 'ablation': {
      const { words, terms, form } = request;
      return words && terms.length > 0 ? { texts: words.name, terms, atoms: atomsOf(form) } : {};
    }
    case 'indirect':
    case 'segmentation':
      return { neurons: request.neurons };
    case 'adversarial': {
      const { target, depicted, words, indirectNeurons, form } = request;
      return {
        target,
        depicted,
        texts: words.name,
        atoms: atomsOf(form),
        ...ADVERSARIAL,
        indirectNeurons,
        ...(indirectNeurons > 0 && { indirectPictures: INDIRECT_PICTURES }),
      };
    }
  }
}
