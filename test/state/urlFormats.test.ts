import { describe, expect, it } from 'vitest';
import { unpackedList } from '../../src/state/pinLink.ts';
import { decodeView, encodeView } from '../../src/state/urlCodec.ts';
import { PARAMETERS } from '../../src/state/urlParameters.ts';
import { DEFAULT_VIEW, PAGES, type View } from '../../src/state/view.ts';

/**
 * Every format of an address that was ever released, with what it meant. Links in papers and lessons lead here for
 * ever: lines are added, never changed or taken out. A new format comes with a line.
 */
const FORMATS: readonly (readonly [address: string, meant: Partial<View>])[] = [
  // places
  ['', {}],
  ['#/', {}],
  ['#/pictogram-clip', {}],
  ['#/pictogram-clip/pictograms', {}],
  ['#/pictogram-clip/pictograms/3', { block: 3 }],
  ['#/pictogram-clip/pictograms/3/', { block: 3 }],
  ['#pictogram-clip/pictograms/3', { block: 3 }],
  ['#/pictogram-clip/pictograms/0/467', { page: 'neuron', neuron: 467 }],
  [
    '#/my-model.v2/own/11/3071',
    { page: 'neuron', model: 'my-model.v2', set: 'own', block: 11, neuron: 3071 },
  ],
  ['#/own', { page: 'own' }],
  ['#/about', { page: 'about' }],
  ['#/models', { page: 'models' }],
  ['#/image', { page: 'image' }],
  ['#/experiments', { page: 'experiments' }],
  ['#/compare', { page: 'compare' }],
  ['#/pins', { page: 'pins' }],
  ['#/learn', { page: 'learn' }],
  ['#/own/pictogram-clip/pictograms/2', { page: 'own', block: 2 }],
  ['#/about/pictogram-clip/pictograms/2', { page: 'about', block: 2 }],
  ['#/models/pictogram-clip/pictograms/2', { page: 'models', block: 2 }],
  ['#/image/pictogram-clip/pictograms/2?image=17', { page: 'image', block: 2, image: '17' }],
  [
    '#/image/pictogram-clip/pictograms/2?image=0123456789abcdef',
    { page: 'image', block: 2, image: '0123456789abcdef' },
  ],
  ['#/experiments/pictogram-clip/pictograms/2', { page: 'experiments', block: 2 }],
  // settings of every page, version 1
  ['#/?v=1', {}],
  ['#/?sort=maxNorm', { sort: 'maxNorm' }],
  ['#/?sort=varianceShare&desc=0', { sort: 'varianceShare', descending: false }],
  ['#/?sort=meanNorm', { sort: 'typicalNorm' }], // its name before the typical size became a root mean square
  ['#/?sort=threshold', { sort: 'threshold' }],
  ['#/?sort=searchScore&q=a+wet+dolphin', { sort: 'searchScore', query: 'a wet dolphin' }],
  ['#/?sort=index&desc=1', { sort: 'index', descending: true }],
  ['#/?q=%23123', { query: '#123' }],
  ['#/?m=4', { terms: 4 }],
  ['#/?m=128&atoms=as-released', { terms: 128, atoms: 'as-released' }],
  ['#/?pool=english-30000', { pool: 'english-30000' }],
  ['#/?pool=noun-phrases-10000', { pool: 'noun-phrases-10000' }],
  ['#/?pool=file', { pool: 'file' }],
  [
    '#/?overlay=always&map=activation&sign=negative',
    { overlay: 'always', map: 'activation', sign: 'negative' },
  ],
  ['#/?overlay=off&sign=positive', { overlay: 'off', sign: 'positive' }],
  ['#/?theme=dark', { theme: 'dark' }],
  ['#/?theme=light', { theme: 'light' }],
  ['#/?backend=wasm&precision=float32', { backend: 'wasm', precision: 'float32' }],
  ['#/?backend=webgpu&precision=float16', { backend: 'webgpu', precision: 'float16' }],
  [
    '#/pictogram-clip/pack/0?pack=https%3A%2F%2Fexample.org%2Fmy-pack%2F',
    { set: 'pack', pack: 'https://example.org/my-pack/' },
  ],
  ['#/pictogram-clip/pack/0?pack=local-1', { set: 'pack', pack: 'local-1' }],
  // finding a text in a picture
  ['#/image?find=a+dog&by=activation', { page: 'image', find: 'a dog', findMap: 'activation' }],
  ['#/image?by=heads', { page: 'image', findMap: 'heads' }],
  ['#/image?by=attention', { page: 'image', findMap: 'attention' }],
  [
    '#/image?text=alone&order=absolute&signs=unsigned',
    { page: 'image', findText: 'alone', findOrder: 'absolute', findSigns: 'unsigned' },
  ],
  ['#/image?order=random', { page: 'image', findOrder: 'random' }],
  [
    '#/image?neurons=40&blocks=0.2&cut=0.35',
    { page: 'image', findCount: 40, findBlocks: '0.2', findCut: 0.35 },
  ],
  ['#/image?look=outline', { page: 'image', findLook: 'outline' }],
  ['#/image?look=beside', { page: 'image', findLook: 'beside' }],
  ['#/image?look=compare', { page: 'image', findLook: 'compare' }],
  // experiments
  [
    '#/experiments?experiment=indirect&form=as-released',
    { page: 'experiments', experiment: 'indirect', form: 'as-released' },
  ],
  [
    '#/experiments?experiment=segmentation&part=held-out',
    { page: 'experiments', experiment: 'segmentation', part: 'held-out' },
  ],
  [
    '#/experiments?experiment=adversarial&target=owl&depicted=boat',
    { page: 'experiments', experiment: 'adversarial', target: 'owl', depicted: 'boat' },
  ],
  [
    '#/experiments?part=trained&first=all&k=60',
    { page: 'experiments', part: 'trained', first: 'all', topK: '60' },
  ],
  [
    '#/experiments?first=16&sample=32&seeds=3.4',
    { page: 'experiments', first: '16', sample: '32', seeds: '3.4' },
  ],
  [
    '#/experiments?layers=0.2&lengths=4.16&sample=0',
    { page: 'experiments', layers: '0.2', lengths: '4.16', sample: '0' },
  ],
  ['#/experiments?lengths=', { page: 'experiments', lengths: '' }],
  // side by side, pinned, taught, embedded
  ['#/compare/pictogram-clip/pictograms/0?neurons=0.12~3.44', { page: 'compare', neurons: '0.12~3.44' }],
  ['#/compare?neurons=0.12%7E3.44%7E1.7%7E2.9', { page: 'compare', neurons: '0.12~3.44~1.7~2.9' }],
  ['#/pins?list=q1YqVrJSKi1OLVLSUUrLzClWsgIA', { page: 'pins', list: 'q1YqVrJSKi1OLVLSUUrLzClWsgIA' }],
  ['#/learn?game=words.17', { page: 'learn', game: 'words.17' }],
  ['#/learn/pictogram-clip/pictograms/0?lesson=words&step=3', { page: 'learn', lesson: 'words', step: 3 }],
  ['#/pictogram-clip/pictograms/0/467?embed=1', { page: 'neuron', neuron: 467, embed: true }],
  ['#/pictogram-clip/pictograms/0/467?present=1', { page: 'neuron', neuron: 467, present: true }],
];

describe('addresses that are out there', () => {
  it.each(FORMATS)('%s means what it meant', (address, meant) => {
    expect(decodeView(address)).toEqual({ view: { ...DEFAULT_VIEW, ...meant }, problems: [] });
  });

  it('holds a line of every key and every page', () => {
    const keys = FORMATS.flatMap(([address]) => [...new URLSearchParams(address.split('?')[1]).keys()]);
    expect(new Set(keys)).toEqual(new Set(['v', ...Object.values(PARAMETERS).map(({ key }) => key)]));
    expect(new Set(FORMATS.map(([, { page = 'block' }]) => page))).toEqual(new Set(PAGES));
  });

  it('leaves out what equals the default, so no default may ever change; new settings bring new ones', () => {
    expect(DEFAULT_VIEW).toMatchObject({
      atoms: 'unit-atoms',
      block: 0,
      depicted: 'telescope',
      descending: true,
      embed: false,
      experiment: 'ablation',
      find: '',
      findBlocks: '',
      findCount: 200,
      findCut: 0.5,
      findLook: 'overlay',
      findMap: 'second-order',
      findOrder: 'signed',
      findSigns: 'signed',
      findText: 'contrast',
      first: '',
      form: 'corrected',
      image: '0',
      layers: '',
      lengths: '4.16.64',
      lesson: '',
      game: '',
      list: '',
      map: 'second-order',
      model: 'pictogram-clip',
      neurons: '',
      overlay: 'hover',
      page: 'block',
      part: 'all',
      pool: 'set',
      present: false,
      query: '',
      sample: '',
      seeds: '0.1.2',
      set: 'pictograms',
      sign: 'both',
      sort: 'typicalNorm',
      step: 0,
      target: 'school',
      terms: 16,
      theme: 'system',
      topK: '',
    });
    expect(encodeView(DEFAULT_VIEW)).toBe('#/pictogram-clip/pictograms/0');
  });
});

describe('lists of pins in links that are out there', () => {
  it('reads version 1', () => {
    expect(
      unpackedList(
        'izbUUfI-vCQttUhBTSExr6RYSSc6WqkgM7kkP70oMVc3OSezQEkHIQCUN9AxMTOP1SGgyljH0EhHqTy1RKEkIzMvvVjh0YwpSth1JSZng0wFugTIyygpKSi20tdPrUjMLchJ1csvStcv0FeKjY0FAA',
      ),
    ).toEqual({
      name: 'Käfer & ants',
      pins: [
        { model: 'pictogram-clip', set: 'pictograms', block: 0, neuron: 467, note: '' },
        { model: 'pictogram-clip', set: 'pictograms', block: 3, neuron: 12, note: 'wet things ☔' },
        {
          model: 'pictogram-clip',
          set: 'pack',
          pack: 'https://example.org/p/',
          block: 0,
          neuron: 1,
          note: '',
        },
      ],
    });
  });
});
