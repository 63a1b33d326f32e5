import { expose } from 'comlink';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openNodeEngine } from '../../src/engine/nodeEngine.ts';
import { pixelsInMemory } from '../../src/engine/pixels.ts';
import type { BlockReference, ReadImage } from '../../src/engine/reading/imageReading.ts';
import { type ImageReading, type LensClient, lensClient } from '../../workers/client.ts';
import { FORGOTTEN_READING } from '../../workers/imageProtocol.ts';
import { ImageReadings } from '../../workers/imageReadings.ts';
import type { LensApi, ModelInfo, SetSource } from '../../workers/protocol.ts';
import { FIFTY_TOKENS, randomPixels, randomWeights } from '../engine/cases.ts';

const { imageSize } = FIFTY_TOKENS.vision!;
const pixels = randomPixels(12, imageSize);
const each = 3 * imageSize ** 2;
const one = (image: number) => pixelsInMemory(pixels.slice(image * each, (image + 1) * each), imageSize);

let engine: Engine;
let other: Engine;
let references: BlockReference[];
beforeAll(async () => {
  engine = await openNodeEngine({ weights: randomWeights(FIFTY_TOKENS), threads: 1 });
  other = await openNodeEngine({ weights: randomWeights(FIFTY_TOKENS, 2), threads: 1 });
  const options = { block: 1, topK: 4, listed: 2 };
  references = [
    { ...(await engine.analyse(pixelsInMemory(pixels, imageSize), options)), block: options.block },
  ];
}, 60_000);
afterAll(async () => {
  await engine.dispose();
  await other.dispose();
});

describe('pictures kept by number', () => {
  const sized = (bytes: number) => ({ bytes }) as ReadImage;

  it('are the last few', () => {
    const readings = new ImageReadings();
    for (let id = 1; id <= 5; id++) readings.keep(id, engine, sized(1));
    expect(() => readings.get(1, engine)).toThrow(FORGOTTEN_READING);
    for (let id = 2; id <= 5; id++) expect(readings.get(id, engine).bytes).toBe(1);
  });

  it('go by their size too, the one last asked for last, and the newest stays', () => {
    const readings = new ImageReadings(10);
    readings.keep(1, engine, sized(4));
    readings.keep(2, engine, sized(4));
    readings.get(1, engine);
    readings.keep(3, engine, sized(4));
    expect(() => readings.get(2, engine)).toThrow(FORGOTTEN_READING);
    expect(readings.get(1, engine).bytes).toBe(4);
    readings.keep(4, engine, sized(100));
    expect(readings.get(4, engine).bytes).toBe(100);
    expect(() => readings.get(1, engine)).toThrow(FORGOTTEN_READING);
  });

  it('are of one model: another lets go of them', () => {
    const readings = new ImageReadings();
    readings.keep(1, engine, sized(1));
    expect(() => readings.get(1, other)).toThrow(FORGOTTEN_READING);
    readings.dropOthers(other);
    expect(() => readings.get(1, engine)).toThrow(FORGOTTEN_READING);
  });
});

/** The worker's side of a channel: the engine behind the protocol, and a count of what was read. */
class FakeWorker {
  readings = new ImageReadings();
  model = 'first';
  read = 0;
  crash = (): void => {};

  start = (): Worker => {
    this.readings = new ImageReadings();
    const { port1, port2 } = new MessageChannel();
    const api: Partial<LensApi> = {
      connect: () => {},
      cancel: () => {},
      open: async () => ({ hash: this.model }) as ModelInfo,
      readImage: async (id, _set, image, blocks) => {
        this.read++;
        const reading = await this.#engine().readImage(one(image), blocks);
        this.readings.keep(id, this.#engine(), reading);
        const { embedding, gridSide, blocks: done } = reading;
        return { id, embedding, gridSide, blocks: done };
      },
      ablateImage: async (id, selection) => this.readings.get(id, this.#engine()).ablate(selection),
      attentionMaps: async (id) => this.readings.get(id, this.#engine()).attentionMaps(),
    };
    expose(api, port2);
    ports.push(port1, port2);
    this.crash = () => port1.dispatchEvent(new Event('error'));
    return Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker;
  };

  #engine(): Engine {
    return this.model === 'first' ? engine : other;
  }
}

const ports: MessagePort[] = [];
afterAll(() => {
  for (const port of ports) port.close();
});

describe('a picture through the client', () => {
  const set: SetSource = { kind: 'files', files: [] };
  const all = [{ block: 1, neurons: 'all' }] as const;
  let worker: FakeWorker;
  let client: LensClient;
  let reading: ImageReading;

  beforeEach(async () => {
    worker = new FakeWorker();
    client = lensClient(worker.start);
    await client.open({ kind: 'folder', url: 'first' });
    reading = await client.readImage(set, 3, references);
  });

  it('arrives whole, and is acted on by its number', async () => {
    const direct = await engine.readImage(one(3), references);
    expect(reading).toEqual({
      id: reading.id,
      embedding: direct.embedding,
      gridSide: 7,
      blocks: direct.blocks,
    });
    expect(await client.ablateImage(reading.id, all)).toEqual(await direct.ablate(all));
    expect(await client.attentionMaps(reading.id)).toEqual(direct.attentionMaps());
    expect(worker.read).toBe(1);
  });

  it('is read again when the worker has let go of it', async () => {
    const before = await client.ablateImage(reading.id, all);
    for (let image = 4; image < 8; image++) await client.readImage(set, image, references);
    expect(worker.read).toBe(5);
    expect(await client.ablateImage(reading.id, all)).toEqual(before);
    expect(worker.read).toBe(6);
  });

  it('is read again after a crash', async () => {
    const before = await client.ablateImage(reading.id, all);
    worker.crash();
    expect(await client.ablateImage(reading.id, all)).toEqual(before);
    expect(worker.read).toBe(2);
  });

  it('is not read with another model: its means would be wrong', async () => {
    worker.model = 'second';
    await client.open({ kind: 'folder', url: 'second' });
    await expect(client.ablateImage(reading.id, all)).rejects.toMatchObject({
      tag: 'bad-request',
      message: FORGOTTEN_READING,
    });
    expect(worker.read).toBe(1);
  });

  it('is still there when the same model is opened again', async () => {
    await client.open({ kind: 'folder', url: 'first' });
    await client.ablateImage(reading.id, all);
    expect(worker.read).toBe(1);
  });

  it('tells mistakes as they are, without reading it again', async () => {
    await expect(client.ablateImage(reading.id, [{ block: 0, neurons: 'all' }])).rejects.toMatchObject({
      tag: 'bad-request',
      message: expect.stringContaining('Block 0 was not read') as string,
    });
    await expect(client.ablateImage(99, all)).rejects.toMatchObject({ tag: 'bad-request' });
    expect(worker.read).toBe(1);
  });
});
