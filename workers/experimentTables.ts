import type { Engine, PixelSource } from '../src/engine/engine.ts';
import type { SegmenterTally } from '../src/engine/tables/segmentationTable.ts';
import { LensError } from '../src/errors.ts';
import { fetchPicture } from '../src/images/decode.ts';
import { sha256 } from '../src/images/hash.ts';
import type { PictureSource } from '../src/images/picture.ts';
import type { SetIndex } from '../src/images/setIndex.ts';
import { sheetSource } from '../src/images/sheets.ts';
import type { AdversarialScene } from '../src/lens/adversarialScene.ts';
import { prepareAtoms } from '../src/lens/sparseCode.ts';
import type { ClassEmbeddings } from '../src/lens/zeroShot.ts';
import type { JobOptions } from '../src/progress.ts';
import { ablationStudy } from '../src/studies/ablation.ts';
import {
  describeAll,
  describeIndirect,
  namedConcepts,
  type PairResult,
  tryPair,
} from '../src/studies/adversarial.ts';
import { atomsOf, type BlockStudy, studyBlocks } from '../src/studies/blockStudy.ts';
import { type Checkpoint, keptJson, within } from '../src/studies/checkpoint.ts';
import { compose, openDrawings } from '../src/studies/composedPictures.ts';
import { indirectStudy } from '../src/studies/indirect.ts';
import { severalObjectParts } from '../src/studies/labelledImages.ts';
import {
  segmentationFigures,
  segmentationStudy,
  segmentersOf,
  thingsOfScene,
} from '../src/studies/segmentation.ts';
import type { PartTable } from '../src/studies/study.ts';
import { downloadJson } from './download.ts';
import { type ExperimentImages, narrowed } from './experimentImages.ts';
import type {
  AblationRequest,
  AdversarialRequest,
  AdversarialTables,
  ExperimentRequest,
  ExperimentTables,
  IndirectRequest,
  SegmentationRequest,
  ShownScene,
} from './experimentProtocol.ts';
import { givenStudy } from './givenStudy.ts';
import { pictureUrl } from './pictureUrl.ts';
import type { Pools } from './pools.ts';
import type { ModelInfo } from './protocol.ts';

/** The model that an experiment runs with. */
export interface ExperimentModel {
  readonly engine: Engine;
  readonly info: Pick<ModelInfo, 'title' | 'hash'>;
  readonly pixelsOf: (pictures: PictureSource) => PixelSource;
}

/** One run of an experiment while it goes on. */
export interface Sitting {
  readonly model: ExperimentModel;
  readonly images: ExperimentImages;
  readonly pools: Pools;
  readonly checkpoint: Checkpoint;
  /** What other experiments on the same pictures can use too. */
  readonly shared: Checkpoint;
  readonly job: JobOptions;
  readonly onTables: (tables: ExperimentTables) => void;
}

/** Makes what an experiment asks for. @throws LensError as the studies; `bad-request` for a set without masks */
export function tablesOf(request: ExperimentRequest, sitting: Sitting): Promise<ExperimentTables> {
  switch (request.kind) {
    case 'ablation':
      return ablationTables(request, sitting);
    case 'indirect':
      return indirectTables(request, sitting);
    case 'segmentation':
      return segmentationTables(request, sitting);
    case 'adversarial':
      return adversarialTables(request, sitting);
  }
}

export const emptyTables = ({ kind }: ExperimentRequest): ExperimentTables =>
  kind === 'adversarial' ? { kind, parts: [], pair: undefined, shown: [] } : { kind, parts: [] };

async function ablationTables(request: AblationRequest, sitting: Sitting): Promise<ExperimentTables> {
  const { model, checkpoint, job, onTables } = sitting;
  const { engine } = model;
  const { form, seeds, terms } = request;
  const classes = await classesOf(sitting);
  const studies = await studiesOf(request, sitting);
  const images = narrowedImages(request, sitting);
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
  { words, form, analyses }: AblationRequest | AdversarialRequest,
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

const narrowedImages = (request: ExperimentRequest, { images }: Sitting): ExperimentImages => ({
  ...images,
  parts: narrowed(images.parts, request),
});

async function indirectTables(request: IndirectRequest, sitting: Sitting): Promise<ExperimentTables> {
  const { model, images, checkpoint, job, onTables } = sitting;
  const { blocks, neurons, seeds } = request;
  const parts = narrowed(images.parts, { ...request, pictures: undefined });
  const pictures = request.pictures ?? images.count;
  const [seed = 0] = seeds;
  const classes = await classesOf(sitting);
  const tables = await indirectStudy(
    { engine: model.engine, checkpoint, job },
    {
      ...{ blocks, neurons, pictures, seed, classes },
      images: { ...images, parts },
      onTables: (some) => onTables({ kind: 'indirect', parts: some }),
    },
  );
  return { kind: 'indirect', parts: tables };
}

async function segmentationTables(request: SegmentationRequest, sitting: Sitting): Promise<ExperimentTables> {
  const { model, images, checkpoint, job, onTables } = sitting;
  const { form, neurons, seeds, blocks } = request;
  const { index, masks } = maskedSet(images);
  const size = model.engine.config.vision!.imageSize;
  const classes = await classesOf(sitting);
  const studies = await studiesOf({ ...request, blocks: request.every }, sitting);
  const all = form === 'corrected' ? [...images.parts, ...severalObjectParts(index)] : images.parts;
  const figured = (tables: readonly PartTable<SegmenterTally>[]): ExperimentTables => ({
    kind: 'segmentation',
    parts: tables.map((table) => ({ ...table, rows: table.rows.map(segmentationFigures) })),
  });
  const tables = await segmentationStudy(
    { engine: model.engine, checkpoint, job },
    {
      ...{ studies, classes, form },
      images: { ...images, parts: narrowed(all, request) },
      segmenters: segmentersOf({ form, neurons, seeds, blocks, every: request.every }),
      queriesOf: thingsOfScene(index, masks, form, size),
      onTables: (some) => onTables(figured(some)),
    },
  );
  return figured(tables);
}

/** What the trials of a pair of classes are made with. */
export const ADVERSARIAL = { terms: 16, neurons: 100, words: 50, drawn: 10, together: 4 } as const;
/** Pictures that neurons are run again on for the words of their indirect effects. */
export const INDIRECT_PICTURES = 40;
/** Composed pictures of each way to look at. */
const SHOWN = 3;

async function adversarialTables(request: AdversarialRequest, sitting: Sitting): Promise<ExperimentTables> {
  const { model, images, checkpoint, job, onTables } = sitting;
  const { engine, pixelsOf } = model;
  const { form, seeds, blocks, topK } = request;
  const { index, masks, url } = maskedSet(images);
  const names = await downloadJson(`${url}/names.json`, { limit: NAMES_LIMIT, signal: job.signal });
  const concepts = namedConcepts(index, names, 'names.json');
  const find = (name: string): number => {
    const found = concepts.findIndex(({ label }) => label === name);
    if (found >= 0) return found;
    throw new LensError('bad-request', `There is no concept “${name}” in the set.`);
  };
  const pair = { target: find(request.target), depicted: find(request.depicted) };
  const classes = await classesOf(sitting);
  const studies = await studiesOf(request, sitting);
  const words = (await wordsOf(request, sitting))!;
  const bench = { engine, checkpoint, job };
  const atoms = prepareAtoms(words.embeddings, engine.config.dim, atomsOf(form));
  const described = await describeAll(bench, studies, atoms, ADVERSARIAL.terms, words.codes);
  const draw = {
    ...{ blocks, topK, seed: seeds[0] ?? 0, terms: ADVERSARIAL.terms },
    neurons: request.indirectNeurons,
    pictures: INDIRECT_PICTURES,
  };
  const indirect = await describeIndirect(bench, images, draw, atoms);
  const drawings = openDrawings(index, images.source, masks);
  let shown = (await keptJson<ShownScene[]>(checkpoint, 'shown')) ?? [];
  const tables = ({ trials, ...rest }: PairResult): AdversarialTables => ({
    kind: 'adversarial',
    parts: [
      { name: 'composed pictures', images: trials.reduce((sum, t) => sum + t.pictures, 0), rows: trials },
    ],
    pair: rest,
    shown,
  });
  const show = async (scene: AdversarialScene): Promise<string | undefined> =>
    pictureUrl(await compose(scene, index.sceneSize, drawings));
  const result = await tryPair(
    bench,
    {
      ...{ index, concepts, drawings, pixelsOf, classes, described, indirect },
      options: { ...ADVERSARIAL, form, seeds, pictures: request.pictures ?? MOST_COMPOSED },
      words: words.texts,
      embeddings: words.embeddings,
      onTrial: (_, soFar) => onTables(tables(soFar())),
      async onScenes({ way, seed }, scenes, margins) {
        if (seed !== seeds[0]) return;
        for (const [i, scene] of scenes.slice(0, SHOWN).entries()) {
          const others = scene.others.map((concept) => concepts[concept]!.label);
          shown = [...shown, { way, others, margin: margins[i]!, picture: await show(scene) }];
        }
        await checkpoint.put('shown', JSON.stringify(shown));
      },
    },
    pair,
  );
  return tables(result);
}

const NAMES_LIMIT = 2 ** 22;
const MOST_COMPOSED = 100;

/** @throws LensError `bad-request` for pictures without masks of what is where */
function maskedSet({ index, url }: ExperimentImages): {
  index: SetIndex;
  url: string;
  masks: PictureSource;
} {
  if (!index || url === undefined)
    throw new LensError('bad-request', 'This experiment needs pictures with masks of what is where.');
  return { index, url, masks: sheetSource(url, index, (sheet) => fetchPicture(sheet), 'masks') };
}
