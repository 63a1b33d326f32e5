import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { imageTowerGraph, PIXELS } from '../../../src/clip/graph/imageTower.ts';
import { OUTPUTS } from '../../../src/clip/trace.ts';
import { floats } from '../../../src/clip/values.ts';
import { relativeError } from '../../support/close.ts';
import { readNpy } from '../../support/npy.ts';
import { referencePixels } from '../../support/referenceImages.ts';
import { runGraph } from '../../support/runGraph.ts';
import { describeWithShared, sharedPath } from '../../support/shared.ts';

const read = (name: string) => {
  const config: unknown = JSON.parse(readFileSync(sharedPath('reference/small/config.json'), 'utf8'));
  return readCheckpoint(readFileSync(sharedPath('reference/small', name)), config);
};

describeWithShared("the authors' small model", () => {
  it('has the same weights in either naming', () => {
    const a = read('model.safetensors');
    const b = read('open_clip_model.safetensors');
    expect(a.config).toEqual(b.config);
    expect(a.config.vision).toMatchObject({ width: 64, layers: 4, heads: 4, neurons: 256, imageSize: 32 });
    for (const [l, block] of a.vision!.blocks.entries()) {
      const other = b.vision!.blocks[l]!;
      for (const part of ['query', 'key', 'value', 'out', 'fc1', 'fc2'] as const) {
        expect(floats(a, block[part].weight)).toEqual(floats(b, other[part].weight));
        expect(floats(a, block[part].bias)).toEqual(floats(b, other[part].bias));
      }
    }
  });

  it.each(['model.safetensors', 'open_clip_model.safetensors'])(
    'gives the reference embeddings from %s',
    async (name) => {
      const expected = readNpy(sharedPath('reference/small/image_embeddings.npy'));
      const count = expected.shape[0]!;
      const pixels = { data: await referencePixels(count), dims: [count, 3, 32, 32] };
      const weights = read(name);
      const plain = await runGraph(imageTowerGraph(weights), { [PIXELS]: pixels });
      expect(relativeError(plain[OUTPUTS.embedding]!.data, expected.data)).toBeLessThan(1e-4);
      const full = await runGraph(imageTowerGraph(weights, { coefficients: [0, 1, 2] }), {
        [PIXELS]: pixels,
      });
      expect(relativeError(full[OUTPUTS.embedding]!.data, expected.data)).toBeLessThan(1e-4);
    },
  );
});
