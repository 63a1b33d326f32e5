import { gridSide } from '../../clip/config.ts';
import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import { neuronHeatmap, secondOrderHeatmap } from '../../lens/heatmap.ts';
import { type BlockPaths, pathVectors } from '../../lens/paths.ts';
import { alongDirection } from '../../lens/signedActivations.ts';
import type { JobOptions } from '../../progress.ts';
import type { Results } from '../backend.ts';
import type { Heatmaps, PixelSource } from '../engine.ts';
import type { ImageTower } from '../towers/imageTower.ts';

/**
 * Both heatmaps of a neuron. The maps themselves are the lens's plain loops: one neuron's work on an
 * image is T·R numbers.
 * @throws LensError `bad-request` for a neuron or a direction that does not fit the model
 */
export async function heatmapsOf(
  tower: ImageTower,
  paths: BlockPaths,
  pixels: PixelSource,
  { neuron, direction }: { neuron: number; direction: Float32Array },
  job: JobOptions,
): Promise<Heatmaps> {
  check(paths, neuron, direction);
  const later = [...new Set(paths.heads.map((head) => head.block))];
  const side = gridSide(tower.config);
  const along = alongDirection(pathVectors(paths, neuron, neuron + 1), direction);
  const maps = {
    gridSide: side,
    activation: new Float32Array(pixels.count * side * side),
    secondOrder: new Float32Array(pixels.count * side * side),
    clsTerm: new Float32Array(pixels.count),
  };
  const instruments = { activations: [paths.block], attention: later };
  for (let from = 0; from < pixels.count; from += tower.batchSize) {
    const size = Math.min(tower.batchSize, pixels.count - from);
    const batch = await pixels.read(from, size, job.signal);
    const results = await tower.step('short', () => tower.run(batch, instruments), job.signal);
    for (let i = 0; i < size; i++) {
      const image = imageOf(results, size, i);
      const activations = image(OUTPUTS.activations(paths.block));
      const attention = {
        rows: later.map((l) => image(OUTPUTS.attentionRow(l))),
        invStd: later.map((l) => image(OUTPUTS.invStd(l))),
      };
      const trace = {
        embedding: image(OUTPUTS.embedding),
        finalInvStd: image(OUTPUTS.finalInvStd)[0]!,
      };
      const at = (from + i) * side * side;
      maps.activation.set(neuronHeatmap(activations, paths.neurons, neuron), at);
      const map = secondOrderHeatmap(activations, paths.neurons, neuron, attention, along, trace);
      maps.secondOrder.set(map.patches, at);
      maps.clsTerm[from + i] = map.clsTerm;
    }
    job.onProgress?.({ stage: 'Heatmaps', done: from + size, total: pixels.count });
  }
  return maps;
}

function check(paths: BlockPaths, neuron: number, direction: Float32Array): void {
  if (!Number.isInteger(neuron) || neuron < 0 || neuron >= paths.neurons) {
    throw new LensError(
      'bad-request',
      `There is no neuron ${neuron}: choose one from 0 to ${paths.neurons - 1}.`,
    );
  }
  if (direction.length !== paths.dim) {
    throw new LensError(
      'bad-request',
      `A direction of this model has ${paths.dim} numbers, not ${direction.length}.`,
    );
  }
}

/** One image's part of each output. */
const imageOf =
  (results: Results, size: number, index: number) =>
  (name: string): Float32Array => {
    const values = results[name]!.data as Float32Array;
    const each = values.length / size;
    return values.subarray(index * each, (index + 1) * each);
  };
