import type { HeatmapPair } from './neuronTypes.ts';
import type { LensClient } from './services.ts';

const NONE = new Float32Array(0);
/** Representations have length 100, direct effects sum to one of length 1. */
const LENGTH = 100;

/**
 * Where on pictures a direction made elsewhere comes from: of every patch, what the heads of all blocks read there and write along the
 * direction, in the units of its activation. A direction fires nowhere and has no second-order effect, so this is its only map.
 */
export async function directionMaps(
  client: LensClient,
  set: Parameters<LensClient['readImage']>[0],
  images: readonly number[],
  direction: Float32Array,
): Promise<HeatmapPair[]> {
  const maps: HeatmapPair[] = [];
  for (const image of images) {
    const { id } = await client.readImage(set, image, []);
    const { gridSide, map } = await client.headTextMap(id, direction);
    const along = map.map((x) => LENGTH * x);
    maps.push({ gridSide, activation: NONE, secondOrder: NONE, clsTerm: 0, along });
  }
  return maps;
}
