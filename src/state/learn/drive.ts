import { DEFAULT_VIEW, type View } from '../view.ts';
import type { Step } from './lesson.ts';

/** The view that a step is about: the same for everybody who comes to it, but for what is theirs or the room's. */
export function viewOfStep(step: Step, lesson: string, at: number, view: View): View {
  const { theme, present, embed, backend, precision } = view;
  return {
    ...DEFAULT_VIEW,
    ...{ theme, present, embed },
    ...(backend && { backend }),
    ...(precision && { precision }),
    ...step.view,
    lesson,
    step: at,
  };
}

/** Whether somebody looks at something else than the step is about. */
export function hasStrayed(step: Step, view: View): boolean {
  const wanted = { ...DEFAULT_VIEW, ...step.view };
  return (['page', 'model', 'set', 'pack', 'block', 'neuron', 'image'] as const).some(
    (name) => (name !== 'image' || wanted.page === 'image') && view[name] !== wanted[name],
  );
}
