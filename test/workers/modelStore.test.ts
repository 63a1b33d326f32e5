import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byteCount } from '../../src/clip/checkpoint/byteRanges.ts';
import { readSafetensors } from '../../src/clip/checkpoint/safetensors.ts';
import { towerRanges } from '../../src/clip/checkpoint/towerRanges.ts';
import type { JobOptions, Progress } from '../../src/progress.ts';
import { readChosenFiles } from '../../workers/models/chosenFiles.ts';
import type { Disk } from '../../workers/models/disk.ts';
import { fetchModel } from '../../workers/models/fetchModel.ts';
import { Models } from '../../workers/models/larder.ts';
import { memoryDisk } from '../../workers/models/memoryDisk.ts';
import { addressRecipe, type Recipe } from '../../workers/models/recipe.ts';
import { ModelStore } from '../../workers/models/store.ts';
import { type FileServer, fileServer } from '../support/fileServer.ts';

/** The model that ships with the page, served as a hub would. */
const folder = fileURLToPath(new URL('../../public/models/pictogram-clip/', import.meta.url));
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}${name}`));
const WEIGHTS = '/o/n/resolve/main/model.safetensors';
const NAMES = ['model.safetensors', 'config.json', 'preprocessor_config.json', 'tokenizer.json'];
const weights = file('model.safetensors');
const { tensors } = readSafetensors(weights);
const parts = towerRanges(tensors.values());
const visionBytes = byteCount(parts.vision!.ranges);

const patience = { firstWait: 5, attempts: 4, silence: 400 };
let server: FileServer;
let disk: Disk;
let store: ModelStore;

beforeEach(async () => {
  server = await fileServer(
    Object.fromEntries(NAMES.map((name) => [`/o/n/resolve/main/${name}`, file(name)])),
  );
  disk = memoryDisk();
  store = new ModelStore(disk);
});
afterEach(() => server.close());

const recipe = (path = WEIGHTS): Promise<Recipe> =>
  addressRecipe(`${server.url}${path}`, undefined, patience);
const load = async (job: JobOptions = {}, of?: Recipe) =>
  fetchModel(of ?? (await recipe()), store, job, patience);
const sent = (): number =>
  server.ranges(WEIGHTS).reduce((sum, range) => sum + (range ? range[1] - range[0] : weights.length), 0);

describe('a model behind an address', () => {
  it('is fetched by ranges: the header, then the image tower and little else', async () => {
    const progress: Progress[] = [];
    const { facts, weights: read, loadText } = await load({ onProgress: (step) => progress.push(step) });
    expect(read.vision?.blocks.length).toBe(read.config.vision?.layers);
    expect(read.text).toBeUndefined();
    expect(sent()).toBeLessThan(visionBytes + 2 ** 20);
    expect(facts).toMatchObject({
      hashOf: 'image tower',
      verified: 'none',
      hasTexts: true,
      precision: 'float16',
    });
    expect(facts.id).toBe(`local-${facts.hash.slice(0, 12)}`);
    const tower = progress.filter(({ stage }) => stage === 'Downloading the image tower');
    expect(tower.at(-1)).toMatchObject({ done: visionBytes, total: visionBytes });

    const text = await loadText!({});
    expect(text.weights.text?.blocks.length).toBe(text.weights.config.text?.layers);
    expect(text.tokenizer.encode('a cat').ids.length).toBeGreaterThan(2);
    expect(sent()).toBeLessThan(weights.length + 2 ** 20);
  });

  it('asks politely: GET only, one range, no other header, no cookies, no referrer', async () => {
    await load();
    for (const { method, headers } of server.asked) {
      expect(method).toBe('GET');
      expect(
        headers.cookie ?? headers.referer ?? headers['if-range'] ?? headers.authorization,
      ).toBeUndefined();
    }
    for (const range of server.ranges(WEIGHTS)) expect(range).toBeDefined();
  });

  it('is opened again without a byte of it, also when its server is gone', async () => {
    const first = await load();
    const model = await recipe();
    const before = sent();
    await load({}, model);
    expect(sent() - before).toBeLessThan(300);
    await server.close();
    const again = await fetchModel(await store.recipe(first.facts.id), store, {}, patience);
    expect(again.facts.hash).toBe(first.facts.hash);
    server = await fileServer({});
  });

  it('is looked for in a folder', async () => {
    const found = await recipe('/o/n/resolve/main/');
    expect(found.files.map(({ url }) => url.slice(server.url.length))).toEqual([
      WEIGHTS,
      ...NAMES.slice(1).map((name) => `/o/n/resolve/main/${name}`),
    ]);
    await expect(recipe('/nothing/here')).rejects.toMatchObject({
      tag: 'unavailable',
      message: expect.stringContaining('pytorch_model.bin'),
    });
  });

  it('without config and tokenizer says what is assumed and what cannot be done', async () => {
    for (const name of NAMES.slice(1)) server.files.delete(`/o/n/resolve/main/${name}`);
    const { facts, loadText } = await load();
    expect(facts).toMatchObject({ hasTexts: false, noTexts: expect.stringContaining('tokenizer.json') });
    expect(facts.notes.join()).toMatch(/usual way.*is assumed/);
    expect(loadText).toBeUndefined();
  });
});

describe('servers that do it differently', () => {
  let hash: string;
  beforeEach(async () => {
    hash ??= (await load()).facts.hash;
    server.asked.length = 0;
    store = new ModelStore(memoryDisk());
  });

  it('know no ranges: the whole file comes once, the text tower with it', async () => {
    server.fault = () => ({ noRanges: true });
    const { facts, loadText } = await load();
    expect(facts.hash).toBe(hash);
    await loadText!({});
    // The second asks whether the file is still the same, and reads no further than that.
    expect(server.ranges(WEIGHTS)).toEqual([
      [0, 262144],
      [0, 8],
    ]);
  });

  it('cut the connection again and again: it goes on where it broke', async () => {
    server.fault = ({ path, range }, nth) =>
      path === WEIGHTS && range && nth < 6 ? { cutAfter: 500_000 } : undefined;
    const { facts } = await load();
    expect(facts.hash).toBe(hash);
    expect(sent()).toBeGreaterThan(visionBytes);
    const begins = server.ranges(WEIGHTS).map((range) => range![0]);
    expect(begins).toEqual([...begins].sort((a, b) => a - b));
  });

  it('fall silent', async () => {
    server.fault = ({ path }, nth) => (path === WEIGHTS && nth === 1 ? { delay: 5000 } : undefined);
    expect((await load()).facts.hash).toBe(hash);
  });

  it('say 429 or 503 and then send', async () => {
    server.fault = ({ path }, nth) =>
      path !== WEIGHTS
        ? undefined
        : nth === 0
          ? { status: 429, headers: { 'retry-after': '0' } }
          : nth === 2
            ? { status: 503 }
            : undefined;
    expect((await load()).facts.hash).toBe(hash);
  });

  it('let nobody read Content-Range and ETag: the file’s own header tells its size', async () => {
    const real = globalThis.fetch;
    globalThis.fetch = async (...args) => {
      const { body, status, headers } = await real(...args);
      const visible = new Headers();
      for (const name of ['content-length', 'content-type'])
        if (headers.has(name)) visible.set(name, headers.get(name)!);
      return new Response(body, { status, headers: visible });
    };
    try {
      const { facts, loadText } = await load();
      expect(facts.hash).toBe(hash);
      expect((await loadText!({})).weights.text).toBeDefined();
      expect(sent()).toBeLessThan(weights.length + 3 * 2 ** 20);
    } finally {
      globalThis.fetch = real;
    }
  });

  it.each([
    ['401', { status: 401 }, /account or an agreement/],
    ['403', { status: 403 }, /not open to everyone/],
    ['404', { status: 404 }, /no file at/],
    ['429 for an hour', { status: 429, headers: { 'retry-after': '3600' } }, /60 minutes/],
    ['429 without end', { status: 429 }, /too much was asked/],
    ['500 without end', { status: 500 }, /failed \(it answered 500\)/],
    ['a web page', { noRanges: true, headers: { 'content-type': 'text/html' } }, /web page/],
    ['other bytes', { contentRange: 'bytes 5-10/999' }, /other bytes/],
    ['nonsense', { contentRange: 'bytes 9e9-1/1' }, /other bytes/],
    ['an absurd size', { contentRange: `bytes 0-262143/${'9'.repeat(30)}` }, /other bytes/],
  ])('send %s: a sentence', async (_, fault, message) => {
    const model = await recipe();
    server.fault = ({ path }) => (path === WEIGHTS ? fault : undefined);
    await expect(load({}, model)).rejects.toMatchObject({
      tag: 'unavailable',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['shorter than its header says', weights.subarray(0, 3_000_000), /damaged or incomplete/],
    ['no model', new TextEncoder().encode('{"error":"gone"}'.repeat(1000)), /damaged or incomplete/],
    ['empty', new Uint8Array(0), /./],
  ])('send a file that is %s', async (_, body, message) => {
    server.files.set(WEIGHTS, body);
    await expect(load({}, await recipe())).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(await store.list()).not.toContainEqual(expect.objectContaining({ complete: true }));
  });

  it('are not there at all', async () => {
    const model = await recipe();
    await server.close();
    await expect(load({}, model)).rejects.toMatchObject({
      tag: 'unavailable',
      message: expect.stringContaining('could not be reached'),
    });
    server = await fileServer({});
  });
});

describe('an interrupted download', () => {
  /** Cancels when so many bytes of the tower are here. */
  const until = (bytes: number): JobOptions => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      onProgress: ({ stage, done }) => stage.startsWith('Downloading') && done >= bytes && controller.abort(),
    };
  };

  it('stops at once and goes on where it was', async () => {
    const model = await recipe();
    server.fault = () => ({ slow: 1 });
    await expect(load(until(1_000_000), model)).rejects.toMatchObject({ tag: 'cancelled' });
    const [kept] = await store.list();
    expect(kept).toMatchObject({ complete: false, towers: [] });
    expect(kept!.bytes).toBeGreaterThan(900_000);
    expect(kept!.bytes).toBeLessThan(visionBytes);
    const plan = await new Models(async () => store, patience).plan(
      { kind: 'url', url: `${server.url}${WEIGHTS}` },
      {},
    );
    expect(plan.bytesStored).toBe(kept!.bytes);
    expect(plan.bytesToDownload).toBeLessThan(visionBytes - 900_000);
    server.fault = () => undefined;
    server.asked.length = 0;
    await load({}, model);
    expect(sent()).toBeLessThan(visionBytes - 900_000 + 2 ** 20);
    expect(await store.list()).toMatchObject([{ complete: true, towers: ['vision'] }]);
  });

  it('begins anew, once, when the file has become another', async () => {
    const model = await recipe();
    await expect(load(until(1_000_000), model)).rejects.toMatchObject({ tag: 'cancelled' });
    const other = weights.slice();
    other[weights.length - 5000] = 1 ^ other[weights.length - 5000]!;
    server.files.set(WEIGHTS, other);
    server.fault = () => ({ etag: '"new"' });
    const { facts } = await load({}, model);
    store = new ModelStore(memoryDisk());
    expect(facts.hash).toBe((await load({}, model)).facts.hash);
  });

  it('ends in a sentence when the file changes all the time', async () => {
    server.fault = (_, nth) => ({ etag: `"${nth}"` });
    await expect(load()).rejects.toMatchObject({
      tag: 'unavailable',
      message: expect.stringContaining('changed'),
    });
  });

  it('never mixes towers of two versions', async () => {
    const { loadText } = await load();
    server.fault = () => ({ etag: '"new"' });
    await expect(loadText!({})).rejects.toMatchObject({
      message: expect.stringContaining('changed on its server'),
    });
    expect(await store.list()).toMatchObject([{ complete: false, bytes: expect.any(Number) }]);
    expect((await load()).weights.vision).toBeDefined();
  });

  it('survives a crash between any two writes', async () => {
    const model = await recipe();
    const reference = (await load({}, model)).facts.hash;
    for (let left = 3; left < 60; left += 7) {
      const crashing = memoryDisk();
      store = new ModelStore(crashAfter(crashing, left));
      await load({}, model).catch(() => {});
      store = new ModelStore(crashing);
      expect((await load({}, model)).facts.hash).toBe(reference);
    }
  });

  it('throws away what a damaged note describes', async () => {
    const model = await recipe();
    await load({}, model);
    for (const name of await folders('address-')) {
      for (const slot of ['note-0', 'note-1']) await damage(name, slot, 100);
    }
    server.asked.length = 0;
    await load({}, model);
    expect(sent()).toBeGreaterThan(visionBytes);
  });

  it('finds its files again when the model’s own note is damaged', async () => {
    const model = await recipe();
    await load({}, model);
    for (const name of await folders('model-')) {
      for (const slot of ['note-0', 'note-1']) await damage(name, slot, 100);
    }
    server.asked.length = 0;
    await load({}, model);
    expect(sent()).toBeLessThan(300_000); // it asks whether the file is still the same
  });
});

const folders = async (prefix: string): Promise<string[]> =>
  (await disk.folders()).filter((name) => name.startsWith(prefix));

/** Flips the bits of some bytes on the disk. */
async function damage(folder: string, name: string, at: number, count = 1): Promise<void> {
  const file = await (await disk.folder(folder)).open(name);
  const bytes = new Uint8Array(count);
  file.read(at, bytes);
  file.write(
    at,
    bytes.map((byte) => 255 - byte),
  );
  file.close();
}

describe('contents', () => {
  const hash = createHash('sha256').update(weights).digest('hex');
  const tokenizerHash = createHash('sha256').update(file('tokenizer.json')).digest('hex');
  const OTHER = '/a/copy/resolve/main/';

  /** Fetches both towers, so that all of the file is here. */
  async function loadWhole(of?: Recipe): Promise<string> {
    const { facts, loadText } = await load({}, of);
    await loadText!({});
    return facts.id;
  }
  const serveCopy = (): void => {
    for (const name of NAMES) server.files.set(`${OTHER}${name}`, file(name));
  };

  it('lie under their address until all is here, then under their hash', async () => {
    const { loadText } = await load();
    expect(await folders('address-')).toHaveLength(1);
    expect(await folders('sha256-')).not.toContain(`sha256-${hash}`);
    await loadText!({});
    expect(await folders('address-')).toEqual([]);
    expect(await folders('sha256-')).toContain(`sha256-${hash}`);
    server.asked.length = 0;
    await loadWhole();
    expect(sent()).toBeLessThan(300);
  });

  it('are there once for two addresses, and as long as one of them is kept', async () => {
    serveCopy();
    const one = await loadWhole();
    const before = await folders('sha256-');
    const copy = await recipe(`${OTHER}model.safetensors`);
    await loadWhole(copy);
    expect(await folders('sha256-')).toEqual(before);
    expect(await folders('address-')).toEqual([]);
    const [a, b] = await store.list();
    expect(a!.files).toEqual(b!.files);
    expect(a!.files.map(({ name }) => name)).toContain(`sha256-${hash}`);
    expect(a!.bytes).toBeGreaterThan(weights.length);

    // Two models of one content have one name: both go.
    expect(a!.id).toBe(one);
    await store.forget(one);
    expect(await disk.folders()).toEqual([]);
  });

  it('of a small file are shared by models that differ', async () => {
    serveCopy();
    await load();
    await load({}, { ...(await recipe(`${OTHER}model.safetensors`)), id: 'other' });
    const shared = `sha256-${tokenizerHash}`;
    for (const { files } of await store.list()) expect(files.map(({ name }) => name)).toContain(shared);
    await store.forget('other');
    expect(await disk.folders()).toContain(shared);
    expect(await store.list()).toHaveLength(1);
    server.asked.length = 0;
    await load();
    expect(server.asked.map(({ path }) => path)).toEqual([WEIGHTS]);
  });

  it('known beforehand lie under their hash from the first byte', async () => {
    const found = await recipe();
    const files = found.files.map((one) => (one.role === 'weights' ? { ...one, sha256: hash } : one));
    await load({}, { ...found, files });
    expect(await folders('address-')).toEqual([]);
    expect(await folders('sha256-')).toContain(`sha256-${hash}`);
    // Another address that is known to have the same begins with what is here.
    serveCopy();
    const copy = await recipe(`${OTHER}model.safetensors`);
    server.asked.length = 0;
    const again = copy.files.map((one) => (one.role === 'weights' ? { ...one, sha256: hash } : one));
    await load({}, { ...copy, files: again });
    const asked = server.ranges(`${OTHER}model.safetensors`);
    expect(asked.reduce((sum, range) => sum + range![1] - range![0], 0)).toBeLessThan(300_000);
  });

  it('that change at their address are fetched anew; who shares the old ones keeps them', async () => {
    serveCopy();
    await loadWhole();
    await loadWhole({ ...(await recipe(`${OTHER}model.safetensors`)), id: 'other' });
    const changed = weights.slice();
    changed[weights.length - 5000] = 1 ^ changed[weights.length - 5000]!;
    server.files.set(WEIGHTS, changed);
    server.fault = ({ path }) => (path === WEIGHTS ? { etag: '"new"' } : undefined);
    await loadWhole();
    const names = await folders('sha256-');
    expect(names).toContain(`sha256-${hash}`);
    expect(names).toContain(`sha256-${createHash('sha256').update(changed).digest('hex')}`);
    await store.forget('other');
    expect(await folders('sha256-')).not.toContain(`sha256-${hash}`);
  });

  it('that were damaged on the disk are told of, deleted and fetched again', async () => {
    await loadWhole();
    await damage(`sha256-${hash}`, 'data', 0, 400_000);
    const model = await recipe();
    await expect(load({}, { ...model, pinned: true })).rejects.toMatchObject({
      tag: 'bad-file',
      message: expect.stringMatching(/could not be read and was deleted/),
    });
    expect(await store.list()).toMatchObject([{ complete: false }]);
    expect(await loadWhole()).toMatch(/^local-/);
  });

  it('that are cut off are fetched again', async () => {
    await loadWhole();
    const data = await (await disk.folder(`sha256-${hash}`)).open('data');
    data.truncate(weights.length - 1);
    data.close();
    server.asked.length = 0;
    await loadWhole();
    expect(sent()).toBeGreaterThan(weights.length - 2 ** 20);
  });

  it('kept by earlier versions in another way are swept away', async () => {
    const old = await disk.folder('0123456789'.repeat(4));
    (await old.open('sidecar-0')).close();
    (await old.open('data-0')).close();
    expect(await store.list()).toEqual([]);
    expect(await disk.folders()).toEqual([]);
  });
});

/** A disk that stops taking anything after so many writes, as when the page goes away. */
function crashAfter(disk: Disk, writes: number): Disk {
  let left = writes;
  const step = (): void => {
    if (left-- <= 0) throw new Error('crashed');
  };
  return {
    ...disk,
    async folder(name) {
      const inner = await disk.folder(name);
      return {
        ...inner,
        async open(fileName) {
          const open = await inner.open(fileName);
          return {
            ...open,
            write: (at, bytes) => {
              step();
              open.write(at, bytes);
            },
            truncate: (size) => {
              step();
              open.truncate(size);
            },
          };
        },
      };
    },
  };
}

describe('a catalogue entry', () => {
  const catalogued = async (sha256?: string, bytes = weights.length): Promise<Recipe> => {
    const found = await recipe();
    return {
      ...found,
      id: 'tiny',
      pinned: true,
      files: found.files.map((one) =>
        one.role === 'weights' ? { ...one, bytes, ...(sha256 && { sha256 }) } : one,
      ),
    };
  };
  const right = createHash('sha256').update(weights).digest('hex');

  it('is verified by size, and by hash once all of it is here', async () => {
    const model = await catalogued(right);
    const { facts, loadText } = await load({}, model);
    expect(facts).toMatchObject({ id: 'tiny', verified: 'size' });
    expect((await loadText!({})).verified).toBe('sha256');
    expect((await load({}, model)).facts.verified).toBe('sha256');
  });

  it('at a commit cannot change, whatever ETags a network’s servers give it', async () => {
    server.fault = (_, nth) => ({ etag: `"${nth}"` });
    const { loadText } = await load({}, await catalogued(right));
    expect((await loadText!({})).verified).toBe('sha256');
  });

  it('with another hash is deleted', async () => {
    const { loadText } = await load({}, await catalogued('0'.repeat(64)));
    await expect(loadText!({})).rejects.toMatchObject({
      tag: 'bad-file',
      message: expect.stringContaining('SHA-256'),
    });
    expect((await store.list())[0]).toMatchObject({ complete: false });
  });

  it('of another size is refused before anything large is fetched', async () => {
    await expect(load({}, await catalogued(right, weights.length + 1))).rejects.toMatchObject({
      tag: 'bad-file',
      message: expect.stringContaining('known of it'),
    });
    expect(sent()).toBeLessThan(300_000);
  });
});

describe('room', () => {
  it('is asked for before the download', async () => {
    store = new ModelStore(memoryDisk({ capacity: 8 * 2 ** 20 }));
    await expect(load()).rejects.toMatchObject({
      tag: 'unavailable',
      message: expect.stringMatching(/needs \d+ MB more.*only \d+ MB/),
    });
    expect(sent()).toBeLessThan(300_000);
    const plan = await new Models(async () => store, patience).plan(
      { kind: 'url', url: `${server.url}${WEIGHTS}` },
      {},
    );
    expect(plan.problems.join()).toContain('does not fit');
  });

  it('that runs out midway leaves what has arrived', async () => {
    const tight = memoryDisk({ capacity: 6_500_000 });
    store = new ModelStore({ ...tight, free: async () => undefined });
    await expect(load()).rejects.toMatchObject({
      tag: 'unavailable',
      message: expect.stringContaining('no more room'),
    });
    expect((await store.list())[0]!.bytes).toBeGreaterThan(1_000_000);
  });
});

describe('the store', () => {
  it('lists and forgets', async () => {
    const { facts } = await load();
    expect(await store.list()).toMatchObject([
      { id: facts.id, title: 'o/n', complete: true, url: `${server.url}${WEIGHTS}` },
    ]);
    await store.forget(facts.id);
    expect(await store.list()).toEqual([]);
    expect(await disk.folders()).toEqual([]);
    await expect(store.recipe(facts.id)).rejects.toMatchObject({ tag: 'unavailable' });
  });

  it('lets two who want the same model take turns: it is fetched once', async () => {
    const model = await recipe();
    const [a, b] = await Promise.all([load({}, model), load({}, model)]);
    expect(a.facts.hash).toBe(b.facts.hash);
    expect(sent()).toBeLessThan(visionBytes + 2 ** 20);
  });

  it('plans without weights, and a catalogue’s entry without asking anybody', async () => {
    const models = new Models(async () => store, patience);
    const plan = await models.plan({ kind: 'url', url: `${server.url}${WEIGHTS}` }, {});
    expect(plan).toMatchObject({ title: 'o/n', bytesToDownload: visionBytes, bytesStored: 0, problems: [] });
    expect(sent()).toBeLessThan(300_000);
    server.asked.length = 0;
    const known = await models.plan({ kind: 'catalogue', id: 'openai-vit-b-32' }, {});
    expect(known.bytesToDownload).toBe(4 * 87_849_216);
    expect(known.files[0]).toEqual({ name: 'model.safetensors', role: 'weights', bytes: 605157884 });
    expect(server.asked).toEqual([]);
  });
});

describe('a browser export', () => {
  const fixture = (name: string): Uint8Array =>
    new Uint8Array(readFileSync(fileURLToPath(new URL(`../fixtures/checkpoints/${name}`, import.meta.url))));
  const BASE = '/o/export/resolve/main/';

  it('is fetched tower by tower from its two files, and goes on after a break', async () => {
    const vision = fixture('quick-legacy14-vision_model_fp16.onnx');
    server.files.set(`${BASE}onnx/vision_model_fp16.onnx`, vision);
    server.files.set(
      `${BASE}onnx/text_model_fp16.onnx`,
      fixture('quick-legacy14-text_model_fp16_packed.onnx'),
    );
    server.files.set(`${BASE}config.json`, fixture('quick.config.json'));
    const model = await recipe(`${BASE}onnx/vision_model_fp16.onnx`);
    server.fault = ({ path }, nth) => (path.includes('vision') && nth < 2 ? { cutAfter: 10_000 } : undefined);
    const { facts, weights: read } = await load({}, model);
    expect(facts).toMatchObject({
      hash: createHash('sha256').update(vision).digest('hex'),
      hashOf: 'whole file',
      precision: 'float16',
      noTexts: expect.stringContaining('tokenizer.json'),
    });
    expect(read.vision).toBeDefined();
    expect(server.ranges(`${BASE}onnx/text_model_fp16.onnx`)).toEqual([]);
    const begins = server.ranges(`${BASE}onnx/vision_model_fp16.onnx`).map((range) => range![0]);
    expect(begins.slice(0, 3)).toEqual([0, 10_000, 20_000]);
  });

  it('with a tokenizer reads texts', async () => {
    server.files.set(`${BASE}onnx/vision_model_fp16.onnx`, fixture('quick-legacy14-vision_model_fp16.onnx'));
    server.files.set(
      `${BASE}onnx/text_model_fp16.onnx`,
      fixture('quick-legacy14-text_model_fp16_packed.onnx'),
    );
    server.files.set(`${BASE}config.json`, fixture('quick.config.json'));
    server.files.set(`${BASE}tokenizer.json`, file('tokenizer.json'));
    const { loadText } = await load({}, await recipe(`${BASE}onnx/vision_model_fp16.onnx`));
    const { weights: text } = await loadText!({});
    expect(text.text).toBeDefined();
    expect(await store.list()).toMatchObject([{ towers: ['vision', 'text'] }]);
  });
});

describe('chosen files', () => {
  const chosen = (...names: string[]): File[] =>
    names.map((name) => new File([file(name) as Uint8Array<ArrayBuffer>], name));

  it('are a model with both towers, whatever else lies about', async () => {
    const files = [...chosen(...NAMES, 'README.md'), new File(['x'], 'pytorch_model.bin')];
    const { facts, weights: read, tokenizer } = await readChosenFiles(files, {});
    expect(read.vision && read.text && tokenizer).toBeDefined();
    expect(facts).toMatchObject({
      hashOf: 'whole file',
      hasTexts: true,
      title: 'model.safetensors',
      hash: createHash('sha256').update(weights).digest('hex'),
    });
  });

  it('are known by their header before they are read, and refused by it', async () => {
    const plan = (files: File[]) =>
      new Models(async () => store, patience).plan({ kind: 'files', files }, {});
    const { needs, selfCheck, bytesToDownload } = await plan(chosen('model.safetensors'));
    expect(bytesToDownload).toBe(0);
    expect(needs.processor).toMatch(/a picture on/);
    expect(selfCheck).toMatch(/Nobody has published/);
    await expect(plan(chosen('README.md'))).rejects.toMatchObject({ tag: 'bad-request' });
    const header = '{"vision_model.head.probe":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const length = new Uint8Array(8).fill(header.length, 0, 1);
    const siglip = new File([length, header, new Uint8Array(4)], 'model.safetensors');
    await expect(plan([siglip])).rejects.toMatchObject({
      tag: 'unsupported',
      message: expect.stringContaining('SigLIP'),
    });
    const pickle = new File([Uint8Array.from([0x80, 2, 0x7d, 0x71, 0])], 'pytorch_model.bin');
    await expect(plan([pickle])).rejects.toMatchObject({ message: expect.stringContaining('pickle') });
  });

  it('without a tokenizer read pictures only, and say so', async () => {
    const { facts } = await readChosenFiles(chosen('model.safetensors', 'config.json'), {});
    expect(facts).toMatchObject({ hasTexts: false, noTexts: expect.stringContaining('tokenizer.json') });
  });

  it('that hold no model, or a pickle, are refused', async () => {
    await expect(readChosenFiles(chosen('README.md'), {})).rejects.toMatchObject({ tag: 'bad-request' });
    const pickle = new File(
      [Uint8Array.from([0x80, 2, 0x7d, 0x71, 0, 0x58, 1, 0, 0, 0, 0x61])],
      'pytorch_model.bin',
    );
    await expect(readChosenFiles([pickle], {})).rejects.toMatchObject({
      tag: expect.stringMatching(/bad-file|unsupported/),
    });
  });
});
