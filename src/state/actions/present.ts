import { presentationOf, stepPresentation } from '../presentation.ts';
import type { LensState } from '../state.ts';
import type { Action } from './action.ts';

const isPresenting = (state: LensState): boolean => state.view.present;

function canStep(by: 1 | -1): (state: LensState) => boolean {
  return (state) => {
    const now = isPresenting(state) ? presentationOf(state) : undefined;
    return now !== undefined && now.at + by >= 0 && now.at + by < now.count;
  };
}

/** In front of people; the keys of remote controls step, too. */
export const PRESENT: readonly Action[] = [
  {
    id: 'present',
    label: 'Present: large type, nothing around, steps by key',
    group: 'Present',
    keys: ['F'],
    words: 'stage teach projector slides',
    enabled: (state) => !isPresenting(state),
    perform: (state) => state.present(true),
  },
  {
    id: 'next-step',
    label: 'Next step of the presentation',
    group: 'Present',
    keys: ['PageDown', 'Space', 'ArrowRight'],
    presenting: true,
    enabled: canStep(1),
    perform: (state) => stepPresentation(state, 1),
  },
  {
    id: 'previous-step',
    label: 'Previous step of the presentation',
    group: 'Present',
    keys: ['PageUp', 'Shift+Space', 'ArrowLeft'],
    presenting: true,
    enabled: canStep(-1),
    perform: (state) => stepPresentation(state, -1),
  },
  {
    id: 'pointer',
    label: 'Pointer: a large dot that follows the mouse or the finger',
    group: 'Present',
    keys: ['d'],
    presenting: true,
    enabled: isPresenting,
    perform: (state) => state.setPointer(!state.pointer),
  },
  {
    id: 'larger',
    label: 'Larger type while presenting',
    group: 'Present',
    keys: ['+'],
    presenting: true,
    enabled: isPresenting,
    perform: (state) => state.stepPresentScale(1),
  },
  {
    id: 'smaller',
    label: 'Smaller type while presenting',
    group: 'Present',
    keys: ['-'],
    presenting: true,
    enabled: isPresenting,
    perform: (state) => state.stepPresentScale(-1),
  },
  {
    id: 'full-screen',
    label: 'Full screen on or off',
    group: 'Present',
    keys: ['f'],
    presenting: true,
    enabled: isPresenting,
    perform: (_, port) => port.toggleFullScreen(),
  },
  {
    id: 'leave-presentation',
    label: 'Leave the presentation',
    group: 'Present',
    keys: ['Escape'],
    presenting: true,
    enabled: isPresenting,
    perform: (state) => state.present(false),
  },
];
