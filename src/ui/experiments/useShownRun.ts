import { type ExperimentRun, experimentKey, useLens } from '../../state/index.ts';

/** The run of the view's experiment, as far as it is; undefined when it was never begun. */
export function useShownRun(): ExperimentRun | undefined {
  const key = useLens(experimentKey);
  return useLens((state) => (key === undefined ? undefined : state.runs.get(key)));
}
