import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parsePinFile, pinFile } from '../../src/state/pinFile.ts';
import { packedList, unpackedList } from '../../src/state/pinLink.ts';
import {
  LONGEST_LIST_NAME,
  LONGEST_NOTE,
  MOST_PINS,
  mergedPins,
  movedPin,
  NO_PINS,
  notedPin,
  type Pin,
  type PinList,
  pinKey,
  withoutPin,
  withPin,
} from '../../src/state/pins.ts';
import { pinPlace, sharedPins } from '../../src/state/pinsSlice.ts';
import { createLensStore } from '../../src/state/store.ts';
import { fakeServices } from './fakes.ts';

const text = (most: number) =>
  fc
    .string({ unit: 'binary', maxLength: most / 2 })
    .map((raw) => new TextDecoder().decode(new TextEncoder().encode(raw)));
const name = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,20}$/);
const pin: fc.Arbitrary<Pin> = fc
  .tuple(
    fc.record({
      model: name,
      set: name,
      block: fc.nat(999),
      neuron: fc.nat(9_999_999),
      note: text(LONGEST_NOTE),
    }),
    fc.constantFrom({}, { pack: 'https://example.org/p/' }, { pack: 'local-2' }),
  )
  .map(([place, pack]) => ({ ...place, ...pack }));
const list: fc.Arbitrary<PinList> = fc.record({
  name: text(LONGEST_LIST_NAME),
  pins: fc.uniqueArray(pin, { selector: pinKey, maxLength: 20 }),
});

const at = (neuron: number, note = ''): Pin => ({
  model: 'pictogram-clip',
  set: 'pictograms',
  block: 0,
  neuron,
  note,
});
const listed = (...neurons: number[]): PinList => ({ name: '', pins: neurons.map((neuron) => at(neuron)) });
const numbers = ({ pins }: PinList): number[] => pins.map(({ neuron }) => neuron);

describe('a list of pins', () => {
  it('holds a neuron once, and so many', () => {
    expect(withPin(listed(1, 2), at(1))).toEqual(listed(1, 2));
    const full = listed(...Array.from({ length: MOST_PINS }, (_, i) => i));
    expect(withPin(full, at(9999))).toBe(full);
  });

  it('moves pins, not beyond its ends', () => {
    expect(numbers(movedPin(listed(1, 2, 3), at(3), -1))).toEqual([1, 3, 2]);
    expect(numbers(movedPin(listed(1, 2, 3), at(3), 5))).toEqual([1, 2, 3]);
    expect(numbers(withoutPin(listed(1, 2, 3), at(2)))).toEqual([1, 3]);
  });

  it('cuts notes that are too long', () => {
    expect(notedPin(listed(1), at(1), 'x'.repeat(1000)).pins[0]?.note).toHaveLength(LONGEST_NOTE);
  });

  it('keeps one’s own notes when another list is kept', () => {
    const own: PinList = { name: 'mine', pins: [at(1, 'my note')] };
    const other: PinList = { name: 'theirs', pins: [at(1, 'their note'), at(2, 'new')] };
    expect(mergedPins(own, other)).toEqual({ name: 'mine', pins: [at(1, 'my note'), at(2, 'new')] });
    expect(mergedPins(NO_PINS, other)).toEqual(other);
  });
});

describe('a list as a file', () => {
  it('gives the same list back', () => {
    fc.assert(
      fc.property(list, (given) => {
        expect(parsePinFile(pinFile(given))).toEqual(given);
      }),
    );
  });

  it.each([
    ['no JSON', 'hello', /no JSON/],
    ['something else', '{"version":1}', /not a list of pins/],
    ['a later version', '{"format":"neuronlens pins","version":2}', /later version/],
    ['a far too large one', ' '.repeat(3_000_000), /far larger/],
    [
      'a model’s name that reaches into other folders',
      pinFile({ name: '', pins: [{ ...at(1), model: '../..' }] }),
      /broken at “pins.0.model”/,
    ],
    [
      'a note that is too long',
      pinFile({ name: '', pins: [at(1, 'x'.repeat(501))] }),
      /broken at “pins.0.note”/,
    ],
    [
      'a script for a pack',
      pinFile({ name: '', pins: [{ ...at(1), pack: 'javascript:alert(1)' }] }),
      /broken at “pins.0.pack”/,
    ],
    ['too many pins', pinFile(listed(...Array.from({ length: 201 }, (_, i) => i))), /broken at “pins”/],
  ])('refuses %s in a sentence', (_, file, sentence) => {
    expect(() => parsePinFile(file)).toThrow(sentence);
  });
});

describe('a list in a link', () => {
  it('gives the same list back where it fits', () => {
    fc.assert(
      fc.property(list, (given) => {
        const packed = packedList(given);
        if (packed === undefined) return;
        expect(packed).toMatch(/^[\w-]+$/);
        expect(unpackedList(packed)).toEqual(given);
      }),
    );
  });

  it('is left to a file where it would be too long', () => {
    const random = (seed: number) =>
      Array.from({ length: 60 }, (_, i) => Math.sin(seed * 61 + i).toString(36))
        .join('')
        .slice(0, 500);
    const long: PinList = { name: '', pins: Array.from({ length: 40 }, (_, i) => at(i, random(i))) };
    expect(packedList(long)).toBeUndefined();
    expect(parsePinFile(pinFile(long))).toEqual(long);
  });

  it('takes little room: forty pins with a sentence each', () => {
    const notes = [
      'fires on wet things',
      'looks like the colour red',
      'letters and signs',
      'wings, seen from below',
    ];
    const pins = Array.from({ length: 40 }, (_, i) => at(17 * i, notes[i % 4]));
    expect(packedList({ name: 'For class', pins })!.length).toBeLessThan(1000);
  });

  it('never throws but a sentence on garbage, and gives only sound lists', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{1,200}$/), (garbage) => {
        const shared = sharedPins(garbage);
        expect(shared?.list ?? shared?.problem).toBeTruthy();
        expect(shared?.problem ?? '').not.toMatch(/should not/); // which is said of faults of ours
      }),
    );
  });

  const link = (data: unknown): string =>
    Buffer.from(deflateSync(new TextEncoder().encode(JSON.stringify(data)))).toString('base64url');

  it('is stopped when it would unpack to very much', () => {
    const bomb = Buffer.from(deflateSync(new Uint8Array(4_000_000), { level: 9 })).toString('base64url');
    expect(bomb.length).toBeLessThan(6000);
    expect(() => unpackedList(bomb)).toThrow(/broken/);
  });

  it.each([
    ['cut off', link([1, 'a', [['m', 's', 0, 1]]]).slice(0, -6), /broken/],
    ['of a later version', link([2, 'a', []]), /later version/],
    ['of another form', link({ pins: [] }), /broken/],
    ['with negative numbers', link([1, 'a', [['m', 's', 0, -1]]]), /broken/],
    ['with more in a row', link([1, 'a', [['m', 's', 0, 1, '', 'https://x.y/', 'more']]]), /broken/],
    ['with an address of no pack', link([1, 'a', [['m', 's', 0, 1, '', 'file:///etc/passwd']]]), /broken/],
  ])('is refused when it is %s', (_, packed, sentence) => {
    expect(() => unpackedList(packed)).toThrow(sentence);
  });
});

describe('the pins of a person', () => {
  function tabs(keep = true) {
    const drawer = new Map<string, string>();
    const services = () =>
      fakeServices(
        {},
        {
          kept: (key) => drawer.get(key),
          keep: (key, value) => keep && drawer.set(key, value) !== undefined,
        },
      );
    return { drawer, open: () => createLensStore(services()).getState };
  }
  const place = pinPlace({ model: 'pictogram-clip', set: 'pictograms' }, 2, 7);

  it('are there at the next visit', () => {
    const { open } = tabs();
    const first = open();
    first().togglePin(place);
    first().notePin(place, 'wet');
    first().namePins('Water');
    expect(open()().pins).toEqual({ name: 'Water', pins: [{ ...place, note: 'wet' }] });
  });

  it('are not lost to another tab that was open before', () => {
    const { open } = tabs();
    const one = open();
    const other = open();
    one().togglePin(place);
    other().togglePin({ ...place, neuron: 8 });
    expect(numbers(open()().pins)).toEqual([7, 8]);
  });

  it('come back by undo', () => {
    const get = tabs().open();
    get().togglePin(place);
    get().togglePin(place);
    expect(get().pins.pins).toEqual([]);
    expect(get().pinsBefore?.words).toMatch(/Neuron 7 of block 2/);
    get().undoPins();
    expect(numbers(get().pins)).toEqual([7]);
  });

  it('stay for the visit where storage is barred, and the page says so', () => {
    const get = tabs(false).open();
    get().togglePin(place);
    get().togglePin({ ...place, neuron: 8 });
    expect(numbers(get().pins)).toEqual([7, 8]);
    expect(get().pinsProblem).toMatch(/until the tab is closed/);
  });

  it('are said to be unreadable when what was kept is broken', () => {
    const { drawer, open } = tabs();
    drawer.set('neuronlens.pins', '{');
    expect(open()().pinsProblem).toMatch(/could not be read/);
  });

  it('say how many of a list were kept, and how many found no room', async () => {
    const get = tabs().open();
    const nearlyAll = Array.from({ length: MOST_PINS - 1 }, (_, i) => i);
    get().keepPins(listed(...nearlyAll));
    get().keepPins(listed(9001, 9002, 9003));
    expect(get().notices.at(-1)?.text).toMatch(/^1 pin was added to yours\. 2 found no room/);
    get().keepPins(listed(0, 1));
    expect(get().notices.at(-1)?.text).toBe('You have all of these pins already.');
  });

  it('take a file in, or say why not', async () => {
    const get = tabs().open();
    await get().openPinFile(new Blob([pinFile(listed(3))]));
    expect(numbers(get().pins)).toEqual([3]);
    await get().openPinFile(new Blob(['hello']));
    expect(get().notices.at(-1)?.text).toMatch(/not a list of pins/);
    expect(numbers(get().pins)).toEqual([3]);
  });
});
