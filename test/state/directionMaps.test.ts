import { afterAll, beforeAll, expect, it } from 'vitest';
import { openModel } from '../../cli/model.ts';
import { openSet } from '../../cli/pictures.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { directionMaps } from '../../src/state/directionMaps.ts';
import type { LensClient } from '../../src/state/services.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await (await openModel('public/models/pictogram-clip')).openEngine(1);
});
afterAll(() => engine.dispose());

it('maps of a direction are those of a text of that vector, at the size of activations, and linear', async () => {
  const model = await openModel('public/models/pictogram-clip');
  const { source } = await openSet('public/sets/pictograms', 1);
  const readings = new Map<number, Awaited<ReturnType<Engine['readImage']>>>();
  const client = {
    async readImage(_: unknown, image: number) {
      const pixels = model.pixels({ ...source, count: 1, read: (_, signal) => source.read(image, signal) });
      readings.set(image, await engine.readImage(pixels, []));
      return { id: image };
    },
    headTextMap: (id: number, text: Float32Array) => readings.get(id)!.headTextMap(text),
  } as unknown as LensClient;
  const { dim } = engine.config;
  const one = Float32Array.from({ length: dim }, (_, d) => Math.sin(d + 1));
  const set = { kind: 'sheets', url: '', count: source.count } as const;
  const [a, b] = await directionMaps(client, set, [3, 40], one);
  const [opposite] = await directionMaps(
    client,
    set,
    [3],
    one.map((x) => -2 * x),
  );
  expect([a!.gridSide ** 2, a!.activation.length]).toEqual([a!.along!.length, 0]);
  const text = await readings.get(40)!.headTextMap(one);
  text.map.forEach((x, i) => {
    expect(b!.along![i]).toBeCloseTo(100 * x, 4);
  });
  a!.along!.forEach((x, i) => {
    expect(opposite!.along![i]).toBeCloseTo(-2 * x, 3);
  });
  expect(Math.max(...a!.along!.map(Math.abs))).toBeGreaterThan(0.01);
}, 60_000);
