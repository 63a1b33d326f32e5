import type { Engine, PixelSource } from '../src/engine/engine.ts';
import { indirectChanges } from '../src/engine/indirectEffects.ts';
import { centredNorms } from '../src/lens/centredNorms.ts';
import { vectorsAsEffects } from '../src/lens/indirectEffect.ts';
import { principalDirection } from '../src/lens/principalDirection.ts';
import { topSet } from '../src/lens/topSet.ts';
import type { JobOptions } from '../src/progress.ts';

/**
 * Directions of neurons from their indirect effects on some pictures, as second-order directions are had: first
 * right singular vector of the changes of the pictures with the strongest, [neurons, D]. The change is taken
 * with its sign turned: what the neuron adds, not what its loss takes.
 */
export async function indirectDirections(
  engine: Engine,
  pixels: PixelSource,
  request: { block: number; neurons: readonly number[]; means: ArrayLike<number> },
  topK: number,
  job: JobOptions,
): Promise<Float32Array> {
  const { dim } = engine.config;
  const changes = request.neurons.map(() => new Float64Array(pixels.count * dim));
  for await (const onImage of engine.indirectEffects(pixels, request, job)) {
    indirectChanges(onImage).forEach((change, i) => {
      changes[i]!.set(
        change.map((x) => -x),
        onImage.image * dim,
      );
    });
  }
  const directions = new Float32Array(changes.length * dim);
  changes.forEach((rows, i) => {
    const effects = vectorsAsEffects(rows, dim);
    const { images } = topSet(centredNorms(effects), Math.min(topK, pixels.count));
    directions.set(principalDirection(effects, images).direction, i * dim);
  });
  return directions;
}
