import { resolve } from 'node:path';
import { writeSafetensors } from '../src/clip/checkpoint/safetensors.ts';
import { LensError } from '../src/errors.ts';
import { throwIfCancelled } from '../src/images/decode.ts';
import { parseSetIndex } from '../src/images/setIndex.ts';
import { openPack, type Pack, type PackFiles, type PackManifest, type Vectors } from '../src/pack/index.ts';
import { csv, type Row } from '../src/studies/figures.ts';
import { type Context, command } from './command.ts';
import { openSheets, parseJson } from './folder.ts';
import { completeDescription, type DescriptionContext, tableRow } from './neuronDescription.ts';
import { writeNpy } from './npy.ts';
import * as option from './options.ts';
import { checkOutput, type Output, openOutput } from './output.ts';
import { packFilesAt } from './packFiles.ts';
import { software } from './software.ts';

const options = {
  pack: option.rest('PACK', 'the pack: a folder or a zip'),
  layers: option.withDefault(option.layers('blocks to export (default all of the pack)'), 'all' as const),
  terms: option.withDefault(
    option.count('words of a description in the table, where the pack has such (default 8)'),
    8,
  ),
  listed: option.withDefault(option.count('pictures at each end in the table (default 4)', 0), 4),
  set: option.optional(option.text('DIR', "the pack's image set, for the names of its pictures")),
  arrays: option.withDefault(
    option.choice<ArrayForm>(
      { npy: 'npy', safetensors: 'safetensors' },
      'form of directions and means (default npy)',
    ),
    'npy',
  ),
  out: option.text('DIR', 'folder for the files; written complete or not at all'),
  force: option.flag('replace an earlier result of neuronlens in that folder'),
};

type ArrayForm = 'npy' | 'safetensors';
type Values = option.OptionValues<typeof options>;

/** `neuronlens export`: what a pack says in files that need no neuronlens. */
export const exportPack = command({
  name: 'export',
  summary: 'what a pack says of its neurons as CSV and JSON, their vectors as arrays',
  example: 'npm run cli -- export public/packs/pictograms --set public/sets/pictograms --out neurons',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const [path = '', another] = values.pack;
  if (another !== undefined) throw new LensError('bad-request', 'One pack is exported at a time.');
  await checkOutput(values.out, values.force, [path, ...(values.set === undefined ? [] : [values.set])]);
  const files = await packFilesAt(path);
  const { manifest } = await openPack(files);
  const blocks = chosenBlocks(manifest, values.layers);
  const described = { manifest, pictureName: await pictureNames(manifest, files, values.set) };
  const output = await openOutput(values.out);
  context.onKill(output.discard);
  try {
    for (const block of blocks) {
      // A pack keeps what was read of it: one for each block, and no more than that is in memory.
      await writeBlock(await openPack(files), block, described, values, output, context);
    }
    const summary = {
      software,
      command: 'export',
      parameters: { terms: termsOf(manifest, values), blocks },
      pack: manifest,
    };
    await output.write('summary.json', `${JSON.stringify(summary, null, 1)}\n`);
    await output.commit();
    context.progress.note(`Wrote ${resolve(values.out)}`);
  } catch (error) {
    output.discard();
    throw error;
  }
}

function chosenBlocks({ blocks }: PackManifest, asked: 'all' | readonly number[]): readonly number[] {
  const there = blocks.map(({ block }) => block);
  if (asked === 'all') return there;
  const missing = asked.find((block) => !there.includes(block));
  if (missing === undefined) return asked;
  throw new LensError('bad-request', `This pack has no block ${missing}; it has ${there.join(', ')}.`);
}

/** The description in the table: the one asked for, or else the longest that is shorter. */
function termsOf({ codes }: PackManifest, { terms }: Values): number | undefined {
  const lengths = codes?.lengths.map((length) => length.terms).sort((a, b) => a - b) ?? [];
  return lengths.findLast((length) => length <= terms) ?? lengths[0];
}

/**
 * What the pack's pictures are called: by the set beside it, or by the one given.
 * @throws LensError `bad-request` for a set of another number of pictures
 */
async function pictureNames(
  { set, pictures }: PackManifest,
  files: PackFiles,
  folder: string | undefined,
): Promise<(image: number) => string | undefined> {
  const index =
    folder !== undefined
      ? (await openSheets(folder)).index
      : pictures
        ? parseSetIndex(parseJson(await files.read('pictures/set.json', MOST_SET_BYTES), 'pictures/set.json'))
        : undefined;
  if (index && index.count !== set.count) {
    throw new LensError(
      'bad-request',
      `The set has ${index.count} pictures and the pack is of ${set.count}.`,
    );
  }
  return (image) => index?.scenes[image]?.caption || undefined;
}

/** A million captions of 200 letters. */
const MOST_SET_BYTES = 256 * 2 ** 20;

/** The files of one block: a table, a list of neurons with all that is known of them, and their vectors. */
async function writeBlock(
  pack: Pack,
  block: number,
  context: DescriptionContext,
  values: Values,
  output: Output,
  { signal, progress }: Context,
): Promise<void> {
  const { manifest } = pack;
  const { neurons, dim } = manifest.blocks.find((entry) => entry.block === block)!;
  const terms = termsOf(manifest, values);
  const [overview, names] = await Promise.all([pack.overview(block), pack.names()]);
  const rows: Row[] = [];
  const complete: string[] = [];
  for (let neuron = 0; neuron < neurons; neuron++) {
    throwIfCancelled(signal);
    const described = {
      block,
      neuron,
      name: names?.[neuron],
      overview,
      row: await pack.neuron(block, neuron),
    };
    rows.push(tableRow(described, context, terms, values.listed));
    complete.push(JSON.stringify(completeDescription(described, context)));
    progress.report({ stage: `Describing block ${block}`, done: neuron + 1, total: neurons });
  }
  const prefix = manifest.directions ? '' : `block-${block}.`;
  const name = `${prefix}${manifest.directions ? 'directions' : 'neurons'}`;
  await output.write(`${name}.csv`, csv(rows));
  await output.write(`${name}.json`, `[\n${complete.join(',\n')}\n]\n`);
  await writeVectors(await pack.vectors(block), [neurons, dim], prefix, values.arrays, output);
}

async function writeVectors(
  { directions, means }: Vectors,
  shape: number[],
  prefix: string,
  form: ArrayForm,
  output: Output,
): Promise<void> {
  if (form === 'npy') {
    await output.write(`${prefix}directions.npy`, writeNpy(shape, directions));
    await output.write(`${prefix}means.npy`, writeNpy(shape, means));
    return;
  }
  const tensors = [
    { name: 'directions', dtype: 'F32', shape, data: directions },
    { name: 'means', dtype: 'F32', shape, data: means },
  ] as const;
  await output.write(`${prefix}vectors.safetensors`, writeSafetensors(tensors));
}
