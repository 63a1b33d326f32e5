import { transfer } from 'comlink';
import type { Engine, PixelSource } from '../src/engine/engine.ts';
import type { ReadImage } from '../src/engine/reading/imageReading.ts';
import { LensError } from '../src/errors.ts';
import { selectPictures } from '../src/images/skipBroken.ts';
import { summarise } from '../src/lens/summarise.ts';
import type { PackFiles } from '../src/pack/index.ts';
import type { JobOptions } from '../src/progress.ts';
import { downloadJson } from './download.ts';
import { Experiments } from './experiments.ts';
import { ImageReadings } from './imageReadings.ts';
import { Jobs } from './jobs.ts';
import { lookThrough } from './lookThrough.ts';
import { Models } from './models/larder.ts';
import { OpenModel } from './openModel.ts';
import type { PackPart } from './packProtocol.ts';
import { Packs, packZip } from './packs.ts';
import { pictureAt } from './pictureAt.ts';
import { PictureSets } from './pictureSets.ts';
import { Pools } from './pools.ts';
import type { LensApi, SetSource } from './protocol.ts';
import { shippedPools } from './shippedPools.ts';
import { textWarmer } from './warmTexts.ts';

/** The lens worker's logic; lens.worker.ts registers it. One a worker. */
export function lensService(): LensApi {
  const jobs = new Jobs();
  const packs = new Packs();
  const sets = new PictureSets(packs);
  const pools = new Pools();
  const readings = new ImageReadings();
  const experiments = new Experiments(pools);
  const models = new Models();
  const model = new OpenModel(models);
  const warm = textWarmer();

  /** Runs `work` on the open model, with the set's pixels as that model wants them. */
  const onSet = <T>(
    set: SetSource,
    job: number,
    work: (engine: Engine, pixels: PixelSource, options: JobOptions) => Promise<T>,
    images?: readonly number[],
  ): Promise<T> =>
    jobs.run(job, async (options) => {
      const { engine, pixelsOf } = await model.running(options);
      const pictures = await sets.open(set);
      const chosen = images ? selectPictures(pictures, checkedImages(images, pictures.count)) : pictures;
      return work(engine, pixelsOf(chosen), options);
    });

  /** Runs `work` with the open model's device, where there is one: codes need no model. */
  const onPool = <T>(
    job: number,
    work: (engine: Engine | undefined, options: JobOptions) => Promise<T>,
  ): Promise<T> =>
    jobs.run(job, async (options) => {
      const running = model.info() && (await model.running(options));
      return work(running?.engine, options);
    });

  /** Runs `work` on a picture that the open model has read. */
  const onReading = <T>(
    id: number,
    job: number,
    work: (reading: ReadImage, options: JobOptions) => T | Promise<T>,
  ): Promise<T> =>
    jobs.run(job, async (options) => {
      const { engine } = await model.running(options);
      return work(readings.get(id, engine), options);
    });

  return {
    connect: (report) => jobs.connect(report),
    open: (source, run, job) =>
      jobs.run(job, async (options) => {
        const info = await model.open(source, run, options);
        readings.dropOthers((await model.running(options)).engine);
        return info;
      }),
    modelInfo: async () => model.info(),
    plan: (source, job) => jobs.run(job, (options) => models.plan(source, options)),
    storedModels: () => models.stored(),
    forgetModel: (id) => models.forget(id),
    lookThrough: (files, job) => jobs.run(job, (options) => lookThrough(files, options)),
    analyse: async (set, options, job) =>
      sent(await onSet(set, job, (engine, pixels, rest) => engine.analyse(pixels, options, rest))),
    summarise: async (set, options, job) => {
      const { listed, bins } = options;
      const summary = await onSet(set, job, async (engine, pixels, rest) =>
        summarise(await engine.analyse(pixels, options, rest), listed, bins),
      );
      return transfer(summary, [...buffersOf(summary.overview), ...buffersOf(summary.detail)]);
    },
    project: async (set, block, reference, job) =>
      sent(await onSet(set, job, (engine, pixels, rest) => engine.project(pixels, block, reference, rest))),
    heatmaps: async (set, images, block, neuron, direction, job) =>
      sent(
        await onSet(
          set,
          job,
          (engine, pixels, rest) => engine.heatmaps(pixels, block, neuron, direction, rest),
          images,
        ),
      ),
    embedImages: async (set, job) =>
      sent(await onSet(set, job, (engine, pixels, rest) => engine.embedImages(pixels, rest))),
    embedTexts: async (texts, job) =>
      sent(
        await jobs.run(job, async (options) => {
          const { engine } = await model.running(options);
          const embeddings = await engine.embedTexts(texts, options);
          warm(engine, texts);
          return embeddings;
        }),
      ),
    shippedPools: (base, job) =>
      jobs.run(job, async ({ signal }) =>
        shippedPools(await downloadJson(`${base}index.json`, { limit: 2 ** 20, signal }), base),
      ),
    addPool: (pool, embeddings) => pools.add(pool, embeddings),
    openPool: (pool, request, job) =>
      jobs.run(job, async (options) => {
        const { engine } = await model.running(options);
        return pools.open(pool, request, engine, options);
      }),
    keptTexts: () => pools.bytesKept(),
    forgetTexts: () => pools.forget(),
    sparseCode: async (direction, pool, options, job) =>
      sent(await onPool(job, (engine, rest) => pools.sparseCode(direction, pool, options, engine, rest))),
    sparseCodes: async (directions, dim, pool, options, job) =>
      sent(
        await onPool(job, (engine, rest) => pools.sparseCodes(directions, dim, pool, options, engine, rest)),
      ),
    chanceR2: (pool, dim, options, job) =>
      onPool(job, (engine, rest) => pools.chanceR2(pool, dim, options, engine, rest)),
    readImage: (id, set, image, blocks, job) =>
      onSet(
        set,
        job,
        async (engine, pixels, options) => {
          const reading = await engine.readImage(pixels, blocks, options);
          readings.keep(id, engine, reading);
          const { embedding, gridSide, blocks: read } = reading;
          return { id, embedding, gridSide, blocks: read };
        },
        [image],
      ),
    ablateImage: (id, selection, job) =>
      onReading(id, job, (reading, options) => reading.ablate(selection, options)),
    patchNeurons: (id, patch, count, job) => onReading(id, job, (reading) => reading.writersAt(patch, count)),
    ablatePatch: (id, patch, blocks, job) =>
      onReading(id, job, (reading) => reading.withoutPatch(patch, blocks)),
    segmentImage: (id, text, options, job) =>
      onReading(id, job, (reading, rest) => reading.textMap(text, options, rest)),
    headTextMap: (id, text, blocks, job) =>
      onReading(id, job, (reading, options) => reading.headTextMap(text, blocks, options)),
    attentionMaps: (id, job) => onReading(id, job, (reading) => reading.attentionMaps()),
    pictureAt: (address, job) => jobs.run(job, (options) => pictureAt(address, options)),
    runExperiment: (request, job) =>
      jobs.run(job, async (options) => {
        const { engine, pixelsOf } = await model.running(options);
        return experiments.run(request, { engine, pixelsOf, info: model.info()! }, options);
      }),
    experiment: (key) => experiments.get(key),
    keptExperiments: () => experiments.list(),
    forgetExperiment: (key) => experiments.forget(key),
    packFile: async (source, name, part) => {
      const bytes = await readPart(await packs.files(source), name, part);
      return sent(bytes.slice()); // a part of a larger memory, which stays here
    },
    packZip: async (parts, pictures) => packZip(parts, pictures),
    cancel: (job) => jobs.cancel(job),
  };
}

function readPart(files: PackFiles, name: string, part: PackPart): Promise<Uint8Array> {
  if (part.kind === 'whole') return files.read(name, part.most);
  return part.kind === 'range' ? files.range(name, part.begin, part.end) : files.start(name, part.most);
}

function checkedImages(images: readonly number[], count: number): readonly number[] {
  const wrong = images.find((image) => !Number.isInteger(image) || image < 0 || image >= count);
  if (images.length > 0 && wrong === undefined) return images;
  throw new LensError(
    'bad-request',
    wrong === undefined ? 'No picture was chosen.' : `There is no picture ${wrong} in a set of ${count}.`,
  );
}

/** Hands the result's large arrays over instead of copying them. */
function sent<T extends object>(result: T): T {
  return transfer(result, ArrayBuffer.isView(result) ? buffersOf([result]) : buffersOf(result));
}

/** The memory of the arrays in an object, each once. */
function buffersOf(parts: object): ArrayBuffer[] {
  const buffers = Object.values(parts).flatMap((part: unknown) =>
    ArrayBuffer.isView(part) && part.buffer instanceof ArrayBuffer ? [part.buffer] : [],
  );
  return [...new Set(buffers)];
}
