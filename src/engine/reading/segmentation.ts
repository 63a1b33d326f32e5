import { LensError } from '../../errors.ts';
import { alongVector } from '../../lens/alongVector.ts';
import { type ChosenNeuron, chooseNeurons, cosineScores } from '../../lens/neuronChoice.ts';
import { addNeuronMaps, addSecondOrderMaps, mapWeights } from '../../lens/segmentation.ts';
import { norm } from '../../lens/vectors.ts';
import type { BlockOfPicture } from './block.ts';
import type { ReadingBlocks } from './blocks.ts';
import type { TextMap, TextMapOptions } from './imageReading.ts';
import { patchMap } from './patchMap.ts';

/**
 * Where on a picture a text is: {@link TextMap}. A product of the directions with the text (N·D a block) chooses
 * the neurons; the map then takes what they do on this picture alone, and nothing runs on the device.
 * @param text [D]
 * @throws LensError `bad-request` for a text of another size or of length 0, no blocks, no neurons
 */
export async function textMapOf(
  read: readonly BlockOfPicture[],
  gridSide: number,
  text: Float32Array,
  options: TextMapOptions,
  blocks: ReadingBlocks,
  signal?: AbortSignal,
): Promise<TextMap> {
  const chosen = choose(read, text, options);
  const length = norm(text);
  const unit = text.map((x) => x / length);
  const sum = new Float64Array(gridSide ** 2);
  for (const of of read) {
    const { block } = of.reading;
    const weights = mapWeights(chosen, block, of.neurons, options.signs);
    const some = chosen.filter((each) => each.block === block).map(({ neuron }) => neuron);
    if (some.length === 0) continue;
    if (options.map === 'activation') {
      addNeuronMaps(sum, of.firing, weights);
    } else {
      const along = alongVector(await blocks.paths(block, signal), unit, some);
      addSecondOrderMaps(sum, of.firing, weights, along, of.later, of.trace);
    }
  }
  return { ...patchMap(sum, gridSide), chosen };
}

function choose(
  read: readonly BlockOfPicture[],
  text: Float32Array,
  { neurons, order, seed }: TextMapOptions,
): ChosenNeuron[] {
  const scores = read.map(({ reference: { block, directions }, neurons: count }) => {
    if (text.length * count !== directions.length) {
      throw new LensError('bad-request', 'This text was embedded with another model than the picture.');
    }
    return { block, scores: cosineScores(directions, text) };
  });
  return chooseNeurons(scores, neurons, order, seed);
}
