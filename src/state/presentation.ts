import { lessonEntry } from './learn/catalogue.ts';
import { isPinned, type PinList, pinKey } from './pins.ts';
import { pinPlace, pinView, sharedPins } from './pinsSlice.ts';
import { orderOf } from './ranking.ts';
import type { LensState } from './state.ts';

/** What a presentation goes through, and where in it one is. */
export interface Presentation {
  readonly through: 'lesson' | 'pins' | 'neurons';
  /** From 0; −1 before the first. */
  readonly at: number;
  readonly count: number;
}

/**
 * The steps of the lesson that is open; else the pins, of the list in the view or of one's own while one of them is in
 * view; else the neurons of the block in their order. Undefined where there is nothing to go through.
 */
export function presentationOf(state: LensState): Presentation | undefined {
  const { lesson, step, page, neuron } = state.view;
  const steps = lesson === '' ? undefined : lessonEntry(lesson)?.steps;
  if (steps !== undefined) return { through: 'lesson', at: step, count: steps };
  const list = pinsInView(state);
  if (list) return { through: 'pins', at: placeIn(list, state), count: list.pins.length };
  if (page !== 'block' && page !== 'neuron') return undefined;
  const order = orderOf(state);
  if (order.length === 0) return undefined;
  return {
    through: 'neurons',
    at: page === 'neuron' && neuron !== undefined ? order.indexOf(neuron) : -1,
    count: order.length,
  };
}

/** To the next step (1) or the one before (−1); at the ends it stays. */
export function stepPresentation(state: LensState, by: 1 | -1): void {
  const now = presentationOf(state);
  if (!now) return;
  const to = now.at + by;
  if (to < 0 || to >= now.count) return;
  if (now.through === 'lesson') void state.stepLesson(by);
  else if (now.through === 'neurons') state.openNeuron(orderOf(state)[to]!);
  else state.setView(pinView(state.view, pinsInView(state)!.pins[to]!));
}

function pinsInView(state: LensState): PinList | undefined {
  const { page, list, neuron } = state.view;
  if (page !== 'pins' && page !== 'neuron') return undefined;
  const shared = sharedPins(list)?.list;
  if (shared && shared.pins.length > 0) return shared;
  const own = state.pins;
  if (page === 'pins') return own.pins.length > 0 ? own : undefined;
  return neuron !== undefined && isPinned(own, placeInView(state)) ? own : undefined;
}

const placeInView = ({ view }: LensState) => pinPlace(view, view.block, view.neuron ?? 0);

function placeIn(list: PinList, state: LensState): number {
  if (state.view.page !== 'neuron') return -1;
  const key = pinKey(placeInView(state));
  return list.pins.findIndex((pin) => pinKey(pin) === key);
}
