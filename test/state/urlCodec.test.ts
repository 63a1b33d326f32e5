import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPERIMENTS, FORMS, SET_PARTS } from '../../src/state/experimentSettings.ts';
import { FIND_LOOKS, FIND_MAPS, FIND_ORDERS, FIND_SIGNS, FIND_TEXTS } from '../../src/state/findSettings.ts';
import { decodeView, encodeView, fitView } from '../../src/state/urlCodec.ts';
import {
  ATOM_FORMS,
  BACKENDS,
  DEFAULT_VIEW,
  LONGEST_QUERY,
  MAPS,
  OVERLAYS,
  PAGES,
  POOLS,
  PRECISIONS,
  SIGNS,
  SORT_KEYS,
  TERM_COUNTS,
  THEMES,
  type View,
} from '../../src/state/view.ts';

const name = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,20}$/).filter((text) => !PAGES.includes(text as never));
const index = fc.nat({ max: 9_999_999 });
const words = fc
  .string({ unit: 'binary', maxLength: LONGEST_QUERY / 2 })
  .map((text) => new TextDecoder().decode(new TextEncoder().encode(text)));
const some = fc.integer({ min: 1, max: 999_999 }).map((count) => `${count}`);
const settings = fc.record({
  model: name,
  set: name,
  block: index,
  sort: fc.constantFrom(...SORT_KEYS),
  descending: fc.boolean(),
  query: words,
  terms: fc.constantFrom(...TERM_COUNTS),
  atoms: fc.constantFrom(...ATOM_FORMS),
  image: fc.oneof(fc.nat(9_999_999).map(String), fc.constant('0123456789abcdef')),
  pool: fc.constantFrom(...POOLS),
  overlay: fc.constantFrom(...OVERLAYS),
  map: fc.constantFrom(...MAPS),
  sign: fc.constantFrom(...SIGNS),
  theme: fc.constantFrom(...THEMES),
  find: words,
  findMap: fc.constantFrom(...FIND_MAPS),
  findText: fc.constantFrom(...FIND_TEXTS),
  findOrder: fc.constantFrom(...FIND_ORDERS),
  findSigns: fc.constantFrom(...FIND_SIGNS),
  findCount: fc.integer({ min: 1, max: 999_999 }),
  findBlocks: fc.array(fc.nat(99), { maxLength: 12 }).map((blocks) => blocks.join('.')),
  findCut: fc.nat(100).map((percent) => percent / 100),
  findLook: fc.constantFrom(...FIND_LOOKS),
  experiment: fc.constantFrom(...EXPERIMENTS),
  form: fc.constantFrom(...FORMS),
  part: fc.constantFrom(...SET_PARTS),
  first: fc.oneof(fc.constantFrom('', 'all'), some),
  topK: fc.oneof(fc.constant(''), some),
  seeds: fc.array(fc.nat(999_999), { minLength: 1, maxLength: 10 }).map((list) => list.join('.')),
  layers: fc.array(fc.nat(99), { maxLength: 12 }).map((list) => list.join('.')),
  lengths: fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 10 }).map((list) => list.join('.')),
  sample: fc.oneof(
    fc.constant(''),
    fc.integer({ min: 1, max: 99_999 }).map((count) => `${count}`),
  ),
  target: words,
  depicted: words,
  embed: fc.boolean(),
  present: fc.boolean(),
  lesson: fc.oneof(fc.constant(''), fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)),
  step: fc.nat(99),
  neurons: fc.constant(''),
  list: fc.constant(''),
});
const neurons = fc
  .array(fc.tuple(fc.nat(999), index), { maxLength: 4 })
  .map((places) => places.map((place) => place.join('.')).join('~'));
const page = fc.oneof(
  fc.constantFrom(...PAGES.filter((name) => name !== 'neuron').map((name) => ({ page: name }))),
  index.map((neuron) => ({ page: 'neuron', neuron })),
  neurons.map((text) => ({ page: 'compare', neurons: text })),
  fc.stringMatching(/^[\w-]{1,60}$/).map((list) => ({ page: 'pins', list })),
);
const backend = fc.oneof(
  fc.constant({}),
  fc.constantFrom(...BACKENDS).map((choice) => ({ backend: choice })),
);
const precision = fc.oneof(
  fc.constant({}),
  fc.constantFrom(...PRECISIONS).map((choice) => ({ precision: choice })),
);
const view = fc
  .tuple(settings, page, backend, precision)
  .map((parts) => Object.assign({}, DEFAULT_VIEW, ...parts) as View);

describe('the address of a view', () => {
  it('gives the same view back', () => {
    fc.assert(
      fc.property(view, (given) => {
        expect(decodeView(encodeView(given))).toEqual({ view: given, problems: [] });
      }),
    );
  });

  it('never throws, and always gives a view that has an address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const first = decodeView(text);
        const second = decodeView(encodeView(first.view));
        expect(second.view).toEqual(first.view);
        expect(second.problems).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps what is of one page alone out of the addresses of others', () => {
    const everywhere = { ...DEFAULT_VIEW, neurons: '0.1~2.3', list: 'abc' };
    expect(encodeView(everywhere)).toBe('#/pictogram-clip/pictograms/0');
    expect(encodeView({ ...everywhere, page: 'compare' })).toBe(
      '#/compare/pictogram-clip/pictograms/0?neurons=0.1~2.3',
    );
    expect(decodeView('#/pins?neurons=0.1&list=abc').view).toMatchObject({ neurons: '', list: 'abc' });
  });

  it('tells the two settings named neurons apart by their form', () => {
    const { view: found, problems } = decodeView('#/compare?neurons=40&neurons=0.12~3.44');
    expect(found).toMatchObject({ findCount: 40, neurons: '0.12~3.44' });
    expect(problems).toEqual([]);
    expect(decodeView('#/compare?neurons=12.x').problems).toHaveLength(1);
  });

  it('leaves the defaults out', () => {
    expect(encodeView(DEFAULT_VIEW)).toBe('#/pictogram-clip/pictograms/0');
    expect(encodeView({ ...DEFAULT_VIEW, page: 'neuron', neuron: 12, terms: 4 })).toBe(
      '#/pictogram-clip/pictograms/0/12?m=4',
    );
    expect(encodeView({ ...DEFAULT_VIEW, page: 'own', block: 3 })).toBe('#/own/pictogram-clip/pictograms/3');
  });

  it.each(['', '#', '#/', '/'])('takes %j for the beginning, with no complaint', (hash) => {
    expect(decodeView(hash)).toEqual({ view: DEFAULT_VIEW, problems: [] });
  });

  it('takes #/about and #/own alone', () => {
    expect(decodeView('#/about').view.page).toBe('about');
    expect(decodeView('#/own').view).toMatchObject({ page: 'own', model: DEFAULT_VIEW.model });
  });

  it('keeps what is right of an address that is partly wrong, and says what was not', () => {
    const { view: found, problems } = decodeView(
      '#/pictogram-clip/pictograms/4/x7?m=5&theme=dark&colour=red&v=2',
    );
    expect(found).toEqual({ ...DEFAULT_VIEW, block: 4, theme: 'dark' });
    expect(problems).toHaveLength(4);
    expect(problems.join(' ')).toMatch(/“x7” is not a neuron number/);
    expect(problems.join(' ')).toMatch(/m=5 was left out: it must be one of 4, 8, 16/);
    expect(problems.join(' ')).toMatch(/another version/);
    expect(problems.join(' ')).toMatch(/“colour”/);
  });

  it('does not let an address reach into other folders', () => {
    const { view: found, problems } = decodeView('#/..%2F..%2Fetc/%2e%2e/1');
    expect(found.model).toBe(DEFAULT_VIEW.model);
    expect(found.set).toBe(DEFAULT_VIEW.set);
    expect(problems).toHaveLength(2);
  });
});

describe('fitting a view to what there is', () => {
  const limits = { blocks: [1, 2, 3], neurons: 100 };

  it('leaves a view alone that exists', () => {
    const given: View = { ...DEFAULT_VIEW, page: 'neuron', block: 2, neuron: 99 };
    expect(fitView(given, limits)).toEqual({ view: given, problems: [] });
  });

  it('moves block and neuron to the nearest there is', () => {
    const { view: found, problems } = fitView(
      { ...DEFAULT_VIEW, page: 'neuron', block: 9, neuron: 100 },
      limits,
    );
    expect(found).toMatchObject({ block: 3, neuron: 99 });
    expect(problems).toEqual([
      'There is no block 9 to look into here; block 3 is shown.',
      'The last neuron of this block is 99; it is shown instead of 100.',
    ]);
  });

  it('leaves out compared neurons that do not exist', () => {
    const { view: found, problems } = fitView(
      { ...DEFAULT_VIEW, page: 'compare', block: 1, neurons: '1.5~9.5~2.100~3.0' },
      limits,
    );
    expect(found.neurons).toBe('1.5~3.0');
    expect(problems).toEqual([
      'There is no neuron 5 of block 9 here.',
      'There is no neuron 100 of block 2 here.',
    ]);
  });
});
