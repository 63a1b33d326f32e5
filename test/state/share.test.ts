import { describe, expect, it } from 'vitest';
import { embedSnippet, leavesBehind, permalink, previewLink } from '../../src/state/share.ts';
import type { LensState } from '../../src/state/state.ts';
import { decodeView, encodeView } from '../../src/state/urlCodec.ts';
import { DEFAULT_VIEW, type View } from '../../src/state/view.ts';
import { openedStore } from './fakes.ts';

const NEURON: View = { ...DEFAULT_VIEW, page: 'neuron', block: 2, neuron: 44 };
const BASE = 'https://example.org/lens/?x=1#/old/view/0';

describe('links to a view', () => {
  it('open the view, not the frame or the stage it was shown in', () => {
    const link = permalink({ ...NEURON, embed: true, present: true, terms: 4 }, BASE);
    expect(link).toBe('https://example.org/lens/?x=1#/pictogram-clip/pictograms/2/44?m=4');
  });

  it('are pasted as a frame that says what is in it', () => {
    const html = embedSnippet(NEURON, BASE, {
      width: 720.4,
      height: 99999,
      theme: 'dark',
      title: 'A "neuron" <b>',
    });
    expect(html).toMatch(/^<iframe .*><\/iframe>$/);
    expect(html).toContain('title="A &quot;neuron&quot; &lt;b&gt;"');
    expect(html).toContain('width="720" height="4000"');
    const source = /src="([^"]*)"/.exec(html)![1]!.replaceAll('&amp;', '&');
    expect(decodeView(source.slice(source.indexOf('#'))).view).toEqual({
      ...NEURON,
      embed: true,
      theme: 'dark',
    });
  });

  it('have a preview where a shipped neuron is in view, and only there', () => {
    expect(previewLink(NEURON, BASE)).toBe('https://example.org/lens/n/pictogram-clip/pictograms/2/44.html');
    expect(previewLink({ ...NEURON, page: 'block' }, BASE)).toBeUndefined();
    expect(previewLink({ ...NEURON, model: 'other' }, BASE)).toBeUndefined();
    expect(previewLink({ ...NEURON, pack: 'https://example.org/p/' }, BASE)).toBeUndefined();
  });

  it('are known to leave something behind where the view is of this machine', () => {
    expect(leavesBehind(NEURON)).toBe(false);
    expect(leavesBehind({ ...NEURON, pack: 'local-1' })).toBe(true);
    expect(leavesBehind({ ...NEURON, set: 'own' })).toBe(true);
    expect(leavesBehind({ ...NEURON, page: 'image', image: '0123456789abcdef' })).toBe(true);
    expect(leavesBehind({ ...NEURON, page: 'image', image: '17' })).toBe(false);
  });
});

describe('what a view is shown in', () => {
  it.each(['embed', 'present'] as const)('stays %s wherever one goes', async (how) => {
    const store = await openedStore();
    store.getState().setView({ [how]: true });
    const steps: ((state: LensState) => void)[] = [
      (state) => state.openNeuron(3),
      (state) => state.stepNeuron(1),
      (state) => state.randomNeuron(),
      (state) => state.compareNeuron({ block: 0, neuron: 1 }),
      (state) => state.openBlock(2),
      (state) => state.setView({ page: 'pins' }),
      (state) => state.openAnalysis(state.view.model, state.view.set),
    ];
    for (const step of steps) {
      step(store.getState());
      expect(store.getState().view[how]).toBe(true);
      expect(encodeView(store.getState().view)).toContain(`${how}=1`);
    }
  });
});
