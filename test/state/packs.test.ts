import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { LensError } from '../../src/errors.ts';
import { sha256 } from '../../src/images/hash.ts';
import { parseSetIndex } from '../../src/images/setIndex.ts';
import {
  filesOfPack,
  mapFiles,
  openPack,
  type PackParts,
  SOFTWARE,
  writePack,
} from '../../src/pack/index.ts';
import { setSource } from '../../src/state/engineSlice.ts';
import { overviewOf } from '../../src/state/numbers.ts';
import { copiesOf, picturesToPack } from '../../src/state/savedPack.ts';
import { OWN_SET, SHIPPED_MODELS, SHIPPED_SETS } from '../../src/state/shipped.ts';
import { createLensStore } from '../../src/state/store.ts';
import { DEFAULT_VIEW } from '../../src/state/view.ts';
import { packZip } from '../../workers/packs.ts';
import { madeUpParts } from '../pack/analysis.ts';
import { packFolder } from '../support/packFolder.ts';
import { fakeServices, madeUpInfo, openedStore, SIZES, summaryOf } from './fakes.ts';

const fixture = packFolder('test/fixtures/packs/version-2');
const ELSEWHERE = 'https://somewhere.test/pack/';

/** A store whose packs are all the fixture, and what was opened. */
function storeOfPacks(files: ReadonlyMap<string, Uint8Array> = fixture) {
  const openIt = vi.fn(async (_source: unknown) => openPack(mapFiles(files)));
  const store = createLensStore(fakeServices({}, { openPack: openIt }));
  return { store, openIt };
}

describe('a pack made elsewhere', () => {
  it('that a person names is opened, with what it says, and can be left', async () => {
    const { store, openIt } = storeOfPacks();
    await store.getState().openPackAt(` ${ELSEWHERE} `);
    await store.getState().openSubject();
    expect(openIt.mock.calls[0]![0]).toEqual({ kind: 'url', url: ELSEWHERE });
    await vi.waitFor(() => expect(overviewOf(store.getState(), 0)?.typicalNorm).toHaveLength(SIZES.neurons));
    const { view, subject, pictures } = store.getState();
    expect(view).toMatchObject({ pack: ELSEWHERE, set: 'pack', model: 'pack-model', block: 0 });
    expect(subject).toMatchObject({ status: 'ready', value: { pack: { set: { skipped: 2 } } } });
    expect(pictures).toMatchObject({ value: { count: SIZES.images, licence: 'not here' } });
    expect(() => setSource(store.getState(), (path) => path)).toThrow('not on this machine');
    await expect(store.getState().ensureEngine()).rejects.toThrow('made up: open it on the Models page');
    store.getState().openAnalysis('pictogram-clip', 'pictograms');
    await vi.waitFor(() => expect(store.getState().subject.status).toBe('ready'));
    expect(store.getState().view.pack).toBeUndefined();
  });

  it('that a link names is asked for only when a person agrees', async () => {
    const { store, openIt } = storeOfPacks();
    store.getState().followAddress(`#/pictogram-clip/pack/2?pack=${encodeURIComponent(ELSEWHERE)}`);
    await vi.waitFor(() => expect(store.getState().packAsked).toBe('somewhere.test'));
    await store.getState().openSubject(); // has ended
    expect(openIt).not.toHaveBeenCalled();
    store.getState().allowPack();
    await vi.waitFor(() => expect(store.getState().subject.status).toBe('ready'));
    expect(openIt).toHaveBeenCalledTimes(1);
    expect(store.getState().view.block).toBe(2);
    expect(store.getState().packAsked).toBeUndefined();
  });

  it('that cannot be opened leaves the view as it was, and says why', async () => {
    const openIt = async () => {
      throw new LensError('unavailable', 'nothing is there');
    };
    const store = await openedStore();
    const { view } = store.getState();
    const { store: broken } = { store: createLensStore(fakeServices({}, { openPack: openIt })) };
    await broken.getState().openPackAt(ELSEWHERE);
    expect(broken.getState()).toMatchObject({ packFailure: 'nothing is there', packOpening: false });
    expect(broken.getState().view.pack).toBeUndefined();
    await broken.getState().openPackAt('ftp://x');
    expect(broken.getState().packFailure).toMatch('begins with https://');
    expect(store.getState().view).toBe(view);
  });

  it('of a folder on this machine is opened; its link says that it is elsewhere on another', async () => {
    const { store } = storeOfPacks();
    const files = [...fixture].map(([name, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], name));
    await store.getState().openPackFiles(files);
    await vi.waitFor(() => expect(store.getState().subject.status).toBe('ready'));
    expect(store.getState().view.pack).toBe('local-1');
    const { store: other } = storeOfPacks();
    other.getState().followAddress('#/pictogram-clip/pack/0?pack=local-1');
    await vi.waitFor(() => expect(other.getState().subject).toMatchObject({ status: 'failed' }));
    expect(other.getState().subject).toMatchObject({ message: expect.stringContaining('own machine') });
  });

  it('made with the shipped model and pictures has both', async () => {
    const json = JSON.parse(new TextDecoder().decode(fixture.get('pack.json')));
    json.model.hash = SHIPPED_MODELS['pictogram-clip']!.hash;
    json.set.hash = SHIPPED_SETS.pictograms!.hash;
    const { store } = storeOfPacks(
      new Map([...fixture, ['pack.json', new TextEncoder().encode(JSON.stringify(json))]]),
    );
    await store.getState().openPackAt(ELSEWHERE);
    await vi.waitFor(() => expect(store.getState().pictures.status).toBe('ready'));
    expect(store.getState().view.model).toBe('pictogram-clip');
    expect(setSource(store.getState(), (path) => `https://example.test/${path}`)).toMatchObject({
      kind: 'sheets',
      url: 'https://example.test/sets/pictograms/',
    });
  });
});

describe('what ships is what its hashes say', () => {
  const at = (path: string) =>
    new Uint8Array(readFileSync(fileURLToPath(new URL(`../../public/${path}`, import.meta.url))));
  it.each([
    ...Object.values(SHIPPED_MODELS).map(({ url, hash }) => [`${url}model.safetensors`, hash] as const),
    ...Object.values(SHIPPED_SETS).map(({ url, hash }) => [`${url}set.json`, hash] as const),
  ])('%s', async (path, hash) => {
    expect(await sha256(at(path))).toBe(hash);
  });

  it('the software', () => {
    const stated = JSON.parse(
      readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
    );
    expect(SOFTWARE).toEqual({ name: stated.name, version: stated.version });
  });
});

describe('saving an analysis', () => {
  it('writes the files that the command line writes for the same summaries', async () => {
    let given: PackParts | undefined;
    const store = await openedStore({
      open: async () => madeUpInfo(),
      summarise: async (_, options) => summaryOf(options.block),
      packZip: async (parts) => {
        given = parts;
        return packZip(parts);
      },
    });
    await store.getState().recompute();
    const saved = await store.getState().savePack();
    expect(saved?.name).toBe('pictogram-clip-on-made-up.zip');
    const zip = unzipSync(new Uint8Array(await saved!.blob.arrayBuffer()));
    const { describer } = await import('../../src/pack/index.ts');
    const { forms, describe: words } = await describer(given!.texts!, SIZES.dim);
    const { block } = store.getState().view;
    const summary = summaryOf(block);
    const theirs = writePack({
      ...given!,
      blocks: [summary],
      codes: forms,
      described: new Map([[block, await words(summary.detail.directions)]]),
    });
    expect(Object.keys(zip).sort()).toEqual([...theirs.keys()].sort());
    for (const [name, bytes] of theirs) expect(zip[name]).toEqual(bytes);
    const opened = await openPack(
      await filesOfPack({ kind: 'files', files: [{ path: 'saved.zip', file: saved!.blob }] }),
    );
    expect(await opened.detail(block)).toEqual(summary.detail);
  });

  it('takes small copies of own pictures along, if asked to, which open with it elsewhere', async () => {
    const files = Array.from({ length: 120 }, (_, i) => new File([`${i}`], `holiday ${i}.jpg`));
    const sides: [number, number][] = [];
    const draw = async (some: readonly File[], side: number) => {
      sides.push([some.length, side]);
      return new TextEncoder().encode(`${some.length} from ${some[0]!.name}`);
    };
    const made = madeUpParts();
    const blocks = made.blocks.map((summary) => ({ ...summary, images: 120 }));
    const parts: PackParts = { ...made, set: { ...made.set, count: 120 }, blocks };
    const blob = await packZip(parts, { name: 'holiday', files }, draw);
    expect(sides).toEqual([
      [100, 160],
      [20, 160],
    ]);
    const source = { kind: 'files', files: [{ path: 'saved.zip', file: blob }] } as const;
    const pack = await openPack(await filesOfPack(source));
    expect(pack.manifest.pictures).toBe(true);
    const index = parseSetIndex(
      JSON.parse(new TextDecoder().decode(await pack.files.read('pictures/set.json'))),
    );
    expect(index).toMatchObject({ name: 'holiday', count: 120, sceneSize: 160 });
    expect(index.scenes[119]!.caption).toBe('holiday 119.jpg');
    const sheet = await pack.files.read('pictures/scenes-01.webp');
    expect(new TextDecoder().decode(sheet)).toBe('20 from holiday 100.jpg');
    const without = await openPack(
      await filesOfPack({ kind: 'files', files: [{ path: 'saved.zip', file: await packZip(parts) }] }),
    );
    expect(without.manifest.pictures).toBeUndefined();
  });

  it('takes none along where the pictures are nobody’s own, or too many', () => {
    const ownSet = (count: number) => ({
      name: 'x',
      files: Array(count).fill(new File([], 'a')),
      thumbnails: [],
      skipped: [],
    });
    const view = (set: string) => ({ ...DEFAULT_VIEW, set });
    expect(copiesOf({ view: view('pictograms'), ownSet: ownSet(3) })).toBe(0);
    expect(picturesToPack({ view: view(OWN_SET), ownSet: ownSet(3) }).files).toHaveLength(3);
    expect(() => picturesToPack({ view: view(OWN_SET), ownSet: ownSet(5001) })).toThrow(/up to 5000/);
    expect(() => picturesToPack({ view: view(OWN_SET), ownSet: undefined })).toThrow(/up to 5000/);
  });

  it('says so when nothing was analysed', async () => {
    const store = await openedStore();
    expect(await store.getState().savePack()).toBeUndefined();
    expect(store.getState().notices.at(-1)?.text).toContain('analyse a block first');
  });
});
