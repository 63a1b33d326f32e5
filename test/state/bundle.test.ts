import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/images/hash.ts';
import { blobSource, zipPack } from '../../src/pack/index.ts';
import { type Bundle, readBundle, writeBundle } from '../../src/state/bundle.ts';
import { pinFile } from '../../src/state/pinFile.ts';
import { NO_PINS } from '../../src/state/pins.ts';
import { DEFAULT_VIEW } from '../../src/state/view.ts';
import { openedStore } from './fakes.ts';

const picture = async (text: string, name: string) => {
  const file = new File([text], name);
  return { hash: await sha256(file), name, file };
};
const bundle = async (): Promise<Bundle> => ({
  view: { ...DEFAULT_VIEW, page: 'own', block: 2, terms: 64 },
  pins: {
    name: 'Mine',
    pins: [{ model: 'pictogram-clip', set: 'pictograms', block: 0, neuron: 3, note: 'wet' }],
  },
  pictures: [await picture('one', 'holiday dog.PNG'), await picture('two', 'no ending')],
});
const source = (bytes: Uint8Array) => blobSource(new Blob([bytes as Uint8Array<ArrayBuffer>]), 'bundle.zip');
const read = (bytes: Uint8Array) => readBundle(source(bytes), sha256);

const encoded = (data: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(data));
const index = (other: Record<string, unknown> = {}) =>
  encoded({ format: 'neuronlens bundle', version: 1, view: '#/own', pictures: [], ...other });
const pins = new TextEncoder().encode(pinFile(NO_PINS));

describe('a bundle', () => {
  it('comes back whole: view, pins, pictures and their names', async () => {
    const given = await bundle();
    const back = await read(await writeBundle(given));
    expect(back.view).toEqual(given.view);
    expect(back.pins).toEqual(given.pins);
    expect(back.pictures.map(({ hash, name }) => ({ hash, name }))).toEqual(
      given.pictures.map(({ hash, name }) => ({ hash, name })),
    );
    expect(await back.pictures[0]!.file.text()).toBe('one');
  });

  it('is refused where a picture is another than was put in', async () => {
    const given = await bundle();
    const other = { ...given, pictures: [{ ...given.pictures[0]!, file: new Blob(['changed']) }] };
    await expect(read(await writeBundle(other))).rejects.toThrow(/holiday dog.PNG is not the picture/);
  });

  it('is refused where a byte was changed on the way', async () => {
    const bytes = await writeBundle(await bundle());
    const at = Buffer.from(bytes).indexOf('one');
    bytes[at] = bytes[at]! ^ 1;
    await expect(read(bytes)).rejects.toThrow(/./);
  });

  it.each([
    ['no zip', encoded('hello'), /not a zip/],
    ['a zip of something else', zipPack([['a.txt', encoded('hello')]]), /not a bundle/],
    ['an index of another form', zipPack([['view.json', encoded({ view: 3 })]]), /not a bundle/],
    ['a later version', zipPack([['view.json', index({ version: 2 })]]), /later version/],
    [
      'a picture outside its folder',
      zipPack([
        ['view.json', index({ pictures: [{ file: '../secret.png', name: 'a' }] })],
        ['pins.json', pins],
      ]),
      /not a bundle/,
    ],
    [
      'a picture that is not there',
      zipPack([
        ['view.json', index({ pictures: [{ file: `pictures/${'0'.repeat(64)}.png`, name: 'a' }] })],
        ['pins.json', pins],
      ]),
      /not there|has no/,
    ],
    [
      'broken pins',
      zipPack([
        ['view.json', index()],
        ['pins.json', encoded({})],
      ]),
      /not a list of pins/,
    ],
  ])('is refused for %s', async (_, bytes, sentence) => {
    await expect(read(bytes)).rejects.toThrow(sentence);
  });

  it('is opened beside what is there: own notes stay, and one view is opened', async () => {
    const given = await bundle();
    const store = await openedStore({}, { readOwn: sha256 });
    const place = { model: 'pictogram-clip', set: 'pictograms', block: 0, neuron: 3 };
    store.getState().togglePin(place);
    store.getState().notePin(place, 'mine');
    await store
      .getState()
      .openBundle(new File([(await writeBundle(given)) as Uint8Array<ArrayBuffer>], 'b.zip'));
    const { own, pins: list, view } = store.getState();
    expect(own.map(({ name }) => name)).toEqual(['holiday dog.PNG', 'no ending']);
    expect(list.pins).toEqual([{ ...place, note: 'mine' }]);
    expect(view).toMatchObject({ page: 'own', block: 2, terms: 64 });
  });

  it('shows the picture that a link asked for', async () => {
    const given = await bundle();
    const store = await openedStore({}, { readOwn: sha256 });
    store.getState().setView({ page: 'image', image: given.pictures[1]!.hash.slice(0, 16) });
    const before = store.getState().view;
    await store
      .getState()
      .openBundle(new File([(await writeBundle(given)) as Uint8Array<ArrayBuffer>], 'b.zip'));
    expect(store.getState().view).toBe(before);
    expect(store.getState().picture).toMatchObject({ message: 'not in this test' }); // it is read now
  });

  it('changes nothing when it is refused, and says why', async () => {
    const store = await openedStore({}, { readOwn: sha256 });
    const before = store.getState().view;
    await store.getState().openBundle(new File(['hello'], 'b.zip'));
    expect(store.getState().own).toEqual([]);
    expect(store.getState().view).toBe(before);
    expect(store.getState().notices.at(-1)?.text).toMatch(/not a zip/);
  });
});
