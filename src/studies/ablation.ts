import { changeOf, mergeRows, sharedSweeps, type TableRow } from '../engine/tables/ablationTable.ts';
import type { TextRebuild } from '../lens/ablateBlock.ts';
import type { Form } from '../lens/form.ts';
import { prepareAtoms } from '../lens/sparseCode.ts';
import { accuracyOf } from '../lens/tally.ts';
import type { ClassEmbeddings } from '../lens/zeroShot.ts';
import { atomsOf, type BlockStudy, describeBlock, reconstructions, significantOn } from './blockStudy.ts';
import type { Checkpoint } from './checkpoint.ts';
import { rounded } from './figures.ts';
import type { LabelledImages, Part } from './labelledImages.ts';
import { type Bench, goOn, type PartTable, partJob } from './study.ts';

/** Texts that directions are put into, and how many at most, one table row for every number. */
export interface Words {
  readonly name: string;
  /** [P, D] */
  readonly embeddings: Float32Array;
  readonly terms: readonly number[];
}

export interface AblationSetup {
  readonly studies: readonly BlockStudy[];
  readonly images: LabelledImages;
  readonly classes: ClassEmbeddings;
  readonly words?: Words | undefined;
  readonly form: Form;
  readonly seeds: readonly number[];
  /** Where codes are kept for other studies of the same blocks and words; the bench's checkpoint unless told. */
  readonly codes?: Checkpoint | undefined;
  /** Told of the table so far, from time to time. */
  readonly onTables?: (tables: readonly PartTable<AblationFigures>[]) => void;
}

/** A row of the ablation table as it is read; see `TableCondition` for which row it is. */
export type AblationFigures = ReturnType<typeof ablationFigures>;

/** The paper's ablation table of every part of a set; what the checkpoint has is not done again. */
export async function ablationStudy(
  bench: Bench,
  setup: AblationSetup,
): Promise<PartTable<AblationFigures>[]> {
  const { studies, images, onTables } = setup;
  const { vision } = bench.engine.config;
  if (!vision) throw new Error('a model without image tower has no blocks to study');
  const counted = images.parts.map((part) => ({ part, rows: [] as TableRow[] }));
  const tables = () =>
    counted.map(({ part, rows }) => ({
      name: part.name,
      images: part.images.length,
      rows: rows.map(ablationFigures),
    }));
  for (const group of sharedSweeps(studies, { ...vision })) {
    const rebuilds = await rebuildsOf(bench, setup, group);
    for (const table of counted) {
      const before = table.rows;
      await sweep(bench, setup, table.part, group, rebuilds, (rows) => {
        table.rows = [...before, ...rows];
        onTables?.(tables().filter(({ rows: some }) => some.length > 0));
      });
    }
  }
  return tables();
}

type Rebuilds = ReadonlyMap<number, readonly TextRebuild[]>;

/** r̂ of every block and length of code. */
async function rebuildsOf(
  { engine, checkpoint, job }: Bench,
  { words, form, codes: kept = checkpoint }: AblationSetup,
  group: readonly BlockStudy[],
): Promise<Rebuilds> {
  const rebuilds = new Map<number, TextRebuild[]>();
  if (!words) return rebuilds;
  const atoms = prepareAtoms(words.embeddings, engine.config.dim, atomsOf(form));
  for (const study of group) {
    const list: TextRebuild[] = [];
    for (const terms of words.terms) {
      const codes = await describeBlock(engine, study, atoms, terms, kept, job);
      list.push({ terms, pool: words.name, form, reconstructions: reconstructions(codes, atoms) });
    }
    rebuilds.set(study.block, list);
  }
  return rebuilds;
}

/** The table of some blocks on one part of the set; kept as far as it is, also when it is cut short. */
async function sweep(
  { engine, checkpoint, job }: Bench,
  { images, classes, seeds }: AblationSetup,
  part: Part,
  group: readonly BlockStudy[],
  rebuilds: Rebuilds,
  onRows: (rows: readonly TableRow[]) => void,
): Promise<void> {
  const name = `table of ${part.name} in blocks ${group.map(({ block }) => block).join(' ')}`;
  const request = {
    blocks: group.map((study) => ({
      block: study.block,
      means: study.means,
      directions: study.directions,
      significant: (i: number) => significantOn(study, part.images[i]!),
      rebuilds: rebuilds.get(study.block) ?? [],
    })),
    classes,
    labels: part.images.map((i) => images.labels[i]!),
    seeds,
  };
  const pixels = images.pixels(part.images);
  await goOn(checkpoint, name, {
    after: (from) => engine.ablations(pixels, { ...request, from }, partJob(job, part.name)),
    merge: (rows, step) => mergeRows(rows, step.rows),
    onRows,
  });
}

/** A row in percent, with standard errors; the change is over the same images, so its error is smaller. */
export function ablationFigures(row: TableRow) {
  const { tally, lost, gained, ...condition } = row;
  const { percent, standardError, correct, total } = accuracyOf(tally);
  const change = changeOf(row);
  return {
    ...condition,
    correct,
    total,
    percent: rounded(percent, 4),
    standardError: rounded(standardError),
    change: rounded(change.points),
    changeStandardError: rounded(change.standardError),
    lost,
    gained,
  };
}
