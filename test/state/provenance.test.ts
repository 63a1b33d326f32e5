import { expect, it } from 'vitest';
import { provenanceOf } from '../../src/state/provenance.ts';
import { madeUpInfo, madeUpParts, openedStore } from './fakes.ts';

const BASE = 'https://example.test/lens/?a#/somewhere/else';
const DATE = new Date('2026-11-21T12:00:00Z');

it('says of shipped numbers what made them, and of those made here what runs', async () => {
  const store = await openedStore();
  const shipped = provenanceOf(store.getState(), BASE, DATE);
  expect(shipped).toMatchObject({
    permalink: 'https://example.test/lens/?a#/pictogram-clip/pictograms/0',
    numbers: 'shipped',
    images: { hash: madeUpParts().set.hash, count: madeUpParts().set.count },
    madeWith: `${madeUpParts().software.name} ${madeUpParts().software.version}`,
    backend: madeUpParts().backend.provider,
    date: '2026-11-21T12:00:00.000Z',
  });
  store.setState({ engine: { status: 'ready', info: madeUpInfo() } });
  const live = { numbers: 'live', backend: 'wasm', madeWith: 'neuronlens 0.1.0' };
  expect(provenanceOf(store.getState(), BASE, DATE, 'live')).toMatchObject(live);
  store.getState().setView({ page: 'image', image: '3' });
  expect(provenanceOf(store.getState(), BASE, DATE)).toMatchObject(live);
});
