import { imageTowerGraph, PIXELS } from '../../clip/graph/imageTower.ts';
import { OUTPUTS } from '../../clip/trace.ts';
import type { ClipWeights } from '../../clip/weights.ts';
import type { Backend } from '../backend.ts';
import { testNoise } from './testNoise.ts';

/** A driver that is wrong is wrong in every block: two of them take a sixth of the time and memory. */
const BLOCKS = 2;

/**
 * How far two backends differ on the image tower cut off after its first blocks: the largest difference in the
 * embeddings of a constant and of a pseudo-random image, as a share of the root mean square of its row. It tells
 * a GPU or driver that computes wrongly, and nothing of whether the weights are right. NaN when a number is none.
 */
export async function backendAgreement(weights: ClipWeights, here: Backend, there: Backend): Promise<number> {
  const short = firstBlocks(weights);
  const pixels = testImages(weights.config.vision!.imageSize);
  const [a, b] = [await embeddings(short, pixels, here), await embeddings(short, pixels, there)];
  let worst = 0;
  for (let row = 0; row < IMAGES; row++) {
    const size = b.length / IMAGES;
    const [ours, theirs] = [a, b].map((all) => all.subarray(row * size, (row + 1) * size)) as [
      Float32Array,
      Float32Array,
    ];
    const typical = Math.sqrt(theirs.reduce((sum, x) => sum + x * x, 0) / size);
    worst = theirs.reduce((max, x, d) => Math.max(max, Math.abs(ours[d]! - x) / typical), worst);
  }
  return worst;
}

function firstBlocks(weights: ClipWeights): ClipWeights {
  const { config, vision } = weights;
  const layers = Math.min(BLOCKS, config.vision!.layers);
  return {
    ...weights,
    config: { ...config, vision: { ...config.vision!, layers } },
    vision: { ...vision!, blocks: vision!.blocks.slice(0, layers) },
  };
}

const IMAGES = 2;

/** A constant and noise of the size that normalised pixels have, [2, 3, S, S]; the same every time. */
function testImages(side: number): Float32Array {
  const each = 3 * side * side;
  const pixels = new Float32Array(IMAGES * each).fill(0.5);
  pixels.set(
    testNoise(each, 1).map((x) => 2 * x),
    each,
  );
  return pixels;
}

async function embeddings(
  weights: ClipWeights,
  pixels: Float32Array,
  backend: Backend,
): Promise<Float32Array> {
  const session = await backend.session(imageTowerGraph(weights));
  try {
    const side = weights.config.vision!.imageSize;
    const feeds = { [PIXELS]: backend.tensor('float32', pixels, [IMAGES, 3, side, side]) };
    return (await session.run(feeds))[OUTPUTS.embedding]!.data as Float32Array;
  } finally {
    await session.release();
  }
}
