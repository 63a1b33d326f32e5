import { expect, it } from 'vitest';
import { placeOf } from '../../../src/state/place.ts';
import { provenanceOf } from '../../../src/state/provenance.ts';
import { captionOf } from '../../../src/ui/panel/caption.ts';
import { openedStore } from '../../state/fakes.ts';

const BASE = 'https://example.test/lens/';
const DATE = new Date('2026-11-21T12:00:00Z');

it('captions say what is seen, of what, by which form and program, and where without a host', async () => {
  const store = await openedStore();
  store.getState().setView({ page: 'neuron', neuron: 1 });
  const about = provenanceOf(store.getState(), BASE, DATE);
  const caption = captionOf('Its heads', placeOf(store.getState()), about, 'A note');
  expect(caption[0]).toMatch(/^Its heads · Neuron 1 of block 0 · .+ on .+ \([\d,]+ pictures\)$/);
  expect(caption[1]).toMatch(/corrected form · .*saved with neuronlens 0\.1\.0/);
  expect(caption[2]).toBe('A note');
  expect(caption[3]).toBe('#/pictogram-clip/pictograms/0/1');
});
