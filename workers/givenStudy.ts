import type { BlockStudy } from '../src/studies/blockStudy.ts';
import type { GivenAnalysis } from './experimentProtocol.ts';

/**
 * What a study needs of a block, from an analysis of the whole set. Significant are a neuron's strongest images but
 * the last of them, whose size is the threshold itself: no size has to be known for that, which is exact as long as
 * no two images have the threshold's size to the last digit.
 * @param images I
 */
export function givenStudy(
  { block, means, directions, thresholds, varianceShares, topImages }: GivenAnalysis,
  images: number,
): BlockStudy {
  const neurons = thresholds.length;
  const top = topImages.length / neurons;
  const row = Math.ceil(neurons / 8);
  const bits = new Uint8Array(images * row);
  for (let n = 0; n < neurons; n++) {
    for (const image of topImages.subarray(n * top, (n + 1) * top - 1)) {
      if (image >= 0 && image < images) bits[image * row + (n >> 3)]! |= 1 << (n & 7);
    }
  }
  return { block, neurons, means, directions, thresholds, varianceShares, bits };
}
