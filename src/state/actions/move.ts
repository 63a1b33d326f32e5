import type { LensState } from '../state.ts';
import { blocksOf } from '../subject.ts';
import { type Action, hasSubject, subjectOf } from './action.ts';

function stepBlock(state: LensState, by: 1 | -1): void {
  const subject = subjectOf(state);
  if (!subject) return;
  const blocks = blocksOf(subject);
  const place = blocks.indexOf(state.view.block);
  state.openBlock(blocks[(place + by + blocks.length) % blocks.length]!);
}

/** Where the neurons of a block are in view, so that arrows lead nowhere unexpected. */
const amongNeurons = (state: LensState): boolean =>
  hasSubject(state) && (state.view.page === 'block' || state.view.page === 'neuron');

/** On the page of a picture, what is switched off there is undone first. */
const hasOffStep = ({ view, offBefore }: LensState): boolean => view.page === 'image' && offBefore.length > 0;
const hasOffUndone = ({ view, offUndone }: LensState): boolean =>
  view.page === 'image' && offUndone.length > 0;

/** A digit goes straight to a block. */
const TO_BLOCK: readonly Action[] = Array.from({ length: 10 }, (_, block) => ({
  id: `block-${block}`,
  label: `Block ${block}`,
  group: 'Move',
  keys: [String(block)],
  words: 'layer',
  series: 'Straight to a block',
  enabled: (state) => {
    const subject = subjectOf(state);
    return subject !== undefined && blocksOf(subject).includes(block);
  },
  perform: (state) => state.openBlock(block),
}));

export const MOVE: readonly Action[] = [
  {
    id: 'next-neuron',
    label: 'Next neuron of the list',
    group: 'Move',
    keys: ['ArrowRight', 'j'],
    words: 'forward',
    needs: 'a block or a neuron in view',
    enabled: amongNeurons,
    perform: (state) => state.stepNeuron(1),
  },
  {
    id: 'previous-neuron',
    label: 'Previous neuron of the list',
    group: 'Move',
    keys: ['ArrowLeft', 'k'],
    words: 'back',
    needs: 'a block or a neuron in view',
    enabled: amongNeurons,
    perform: (state) => state.stepNeuron(-1),
  },
  {
    id: 'random-neuron',
    label: 'Random neuron',
    group: 'Move',
    keys: ['r'],
    words: 'surprise any',
    enabled: hasSubject,
    perform: (state) => state.randomNeuron(),
  },
  {
    id: 'next-block',
    label: 'Next block',
    group: 'Move',
    keys: ['b'],
    words: 'layer',
    enabled: hasSubject,
    perform: (state) => stepBlock(state, 1),
  },
  {
    id: 'previous-block',
    label: 'Previous block',
    group: 'Move',
    keys: ['B'],
    words: 'layer',
    enabled: hasSubject,
    perform: (state) => stepBlock(state, -1),
  },
  {
    id: 'up',
    label: 'Up to the whole block',
    group: 'Move',
    keys: ['u'],
    words: 'explore home overview map',
    enabled: (state) => state.view.page !== 'block',
    perform: (state) => state.openBlock(state.view.block),
  },
  {
    id: 'undo',
    label: 'Undo the last change of the view',
    group: 'Move',
    keys: ['Mod+z'],
    words: 'back revert',
    needs: 'a change to undo',
    enabled: (state) => hasOffStep(state) || state.viewHistory.past.length > 0,
    perform: (state) => (hasOffStep(state) ? state.undoOff() : state.undoView()),
  },
  {
    id: 'redo',
    label: 'Redo what was undone',
    group: 'Move',
    keys: ['Mod+Shift+z', 'Mod+y'],
    words: 'again forward',
    needs: 'something undone',
    enabled: (state) => hasOffUndone(state) || state.viewHistory.future.length > 0,
    perform: (state) => (hasOffUndone(state) ? state.redoOff() : state.redoView()),
  },
  ...TO_BLOCK,
];
