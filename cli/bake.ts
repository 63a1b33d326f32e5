import { resolve } from 'node:path';
import { LensError } from '../src/errors.ts';
import type { BlockSummary } from '../src/lens/blockSummary.ts';
import { summarise } from '../src/lens/summarise.ts';
import { writePack } from '../src/pack/index.ts';
import { type Context, command } from './command.ts';
import { chooseBlocks, openModelOf } from './model.ts';
import * as option from './options.ts';
import { checkOutput, openOutput } from './output.ts';
import { openFolder, openSet } from './pictures.ts';
import { openPool } from './pool.ts';
import { software } from './software.ts';

const options = {
  ...option.model,
  set: option.optional(option.text('DIR', 'a shipped set: folder with set.json and sheets')),
  images: option.optional(option.text('DIR', 'or a folder of pictures, taken in file-name order')),
  texts: option.optional(option.text('FILE', 'a text a line, embedded and packed (needs a text tower)')),
  layers: option.withDefault(option.layers('blocks to analyse (default all but the last)'), 'all' as const),
  top: option.withDefault(option.count("k: a neuron's strongest images (default 100)"), 100),
  listed: option.withDefault(option.count('images listed at each end of the activation (default 48)'), 48),
  'model-name': option.optional(option.text('NAME', "name of the model in the pack (default: its folder's)")),
  'model-url': option.optional(option.text('URL', 'where the model can be had, as the pack says')),
  'set-url': option.optional(option.text('URL', 'where the set can be had, as the pack says')),
  threads: option.optional(option.count('CPU threads (default: one a core)')),
  out: option.text('DIR', 'folder for the pack; written complete or not at all'),
  force: option.flag('replace an earlier result of neuronlens in that folder'),
};

type Values = option.OptionValues<typeof options>;

/** `neuronlens bake`: an analysis as a pack, which the microscope opens without computing anything. */
export const bake = command({
  name: 'bake',
  summary: 'an analysis as a pack that the microscope opens at once',
  example:
    'npm run cli -- bake --model public/models/pictogram-clip --set public/sets/pictograms --texts public/sets/pictograms/words.txt --out public/packs/pictograms',
  options,
  run,
});

async function run(values: Values, context: Context): Promise<void> {
  const { signal, progress } = context;
  const from = pictureFolder(values);
  const inputs = [values.model, from.folder, ...(values.texts === undefined ? [] : [values.texts])];
  await checkOutput(values.out, values.force, inputs);
  const model = await openModelOf(values, progress);
  const blocks = chooseBlocks(values.layers, model.vision);
  const pool = values.texts === undefined ? undefined : await openPool(values.texts, model);
  const { words } = pool ?? {};
  if (pool && !words)
    throw new LensError('bad-request', 'A pack needs texts, not embeddings: --texts takes a .txt file.');
  const pictures = await (from.isSet
    ? openSet(from.folder, values.top)
    : openFolder(from.folder, values.top, context));

  const engine = await model.openEngine(values.threads);
  const output = await openOutput(values.out);
  context.onKill(output.discard);
  try {
    const embeddings = await pool?.embed(engine, { signal, onProgress: progress.report });
    const pixels = model.pixels(pictures.source);
    const summaries: BlockSummary[] = [];
    const options = { topK: values.top, listed: values.listed };
    const job = { signal, onProgress: progress.report };
    for await (const analysis of engine.analyseBlocks(pixels, blocks, options, job)) {
      summaries.push(summarise(analysis));
    }
    const files = writePack({
      software,
      model: {
        name: values['model-name'] ?? model.name,
        ...(values['model-url'] !== undefined && { url: values['model-url'] }),
        hash: model.hash,
        config: { ...model.weights.config, vision: model.vision },
      },
      set: {
        name: pictures.name,
        ...(values['set-url'] !== undefined && { url: values['set-url'] }),
        hash: pictures.hash,
        count: pictures.source.count,
      },
      backend: engine.backend,
      ...(words && embeddings && { texts: { words, embeddings } }),
      blocks: summaries,
    });
    for (const [name, bytes] of files) await output.write(name, bytes);
    await output.commit();
    const megabytes = [...files.values()].reduce((sum, { length }) => sum + length, 0) / 1e6;
    progress.note(`Wrote ${resolve(values.out)}: ${files.size} files, ${megabytes.toFixed(1)} MB`);
  } catch (error) {
    output.discard();
    throw error;
  } finally {
    await engine.dispose();
  }
}

function pictureFolder({ set, images }: Values): { folder: string; isSet: boolean } {
  const folder = set ?? images;
  if (folder === undefined || (set !== undefined && images !== undefined)) {
    throw new LensError('bad-request', 'Give the pictures as either --set DIR or --images DIR.');
  }
  return { folder, isSet: set !== undefined };
}
