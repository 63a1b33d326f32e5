import { isShown } from '../directions.ts';
import type { LensState } from '../state.ts';
import { blocksOf, neuronsOf } from '../subject.ts';
import { LONGEST_QUERY } from '../view.ts';
import { type Action, always, isDirections, subjectOf } from './action.ts';

const NEURON = /^(?:go to |open )?(?:neuron |direction |#)? *(\d{1,7})$/;
const BLOCK = /^(?:go to |open )?(?:block |layer )? *(\d{1,3})$/;
const NEURON_OF_BLOCK = /^(?:go to |open )?(?:block |layer )?(\d{1,3})[ .,:/]+(?:neuron )?#?(\d{1,7})$/;

/** The actions that words or numbers typed by a person ask for: a neuron, a block, a search. They have no keys. */
export function typedActions(text: string, state: LensState): Action[] {
  const words = text.trim().replace(/\s+/g, ' ').slice(0, LONGEST_QUERY);
  if (words === '') return [];
  return [neuronOf(words, state), blockOf(words, state), searchFor(words, state)].filter(
    (action) => action !== undefined,
  );
}

function neuronOf(words: string, state: LensState): Action | undefined {
  const both = NEURON_OF_BLOCK.exec(words.toLowerCase());
  const one = NEURON.exec(words.toLowerCase());
  const block = both ? Number(both[1]) : state.view.block;
  const neuron = Number(both ? both[2] : one?.[1]);
  const subject = subjectOf(state);
  if (!subject || !(neuron < neuronsOf(subject, block)) || !blocksOf(subject).includes(block))
    return undefined;
  const what = isDirections(state) ? 'direction' : 'neuron';
  return {
    id: `neuron ${block} ${neuron}`,
    label: `Go to ${what} ${neuron}${isDirections(state) ? '' : ` of block ${block}`}`,
    group: 'Move',
    keys: [],
    enabled: always,
    perform: (now) => now.openNeuron(neuron, block),
  };
}

function blockOf(words: string, state: LensState): Action | undefined {
  const found = BLOCK.exec(words.toLowerCase());
  const subject = subjectOf(state);
  const block = Number(found?.[1]);
  if (!found || !subject || isDirections(state) || !blocksOf(subject).includes(block)) return undefined;
  return {
    id: `go to block ${block}`,
    label: `Go to block ${block}`,
    group: 'Move',
    keys: [],
    enabled: always,
    perform: (now) => now.openBlock(block),
  };
}

function searchFor(words: string, state: LensState): Action | undefined {
  if (/^#?\d+$/.test(words) || !isShown(state, 'block') || !subjectOf(state)) return undefined;
  return {
    id: 'search for',
    label: `Search for ‘${words}’`,
    group: 'Look',
    keys: [],
    enabled: always,
    perform(now) {
      now.openBlock(now.view.block);
      now.submitQuery(words);
    },
  };
}
