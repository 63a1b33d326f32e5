import type { ReactNode } from 'react';
import { type ExperimentRun, useLens } from '../../state/index.ts';
import type { Sheet } from '../../state/table.ts';
import { aboutRun, runSheet } from '../../state/tables/experimentTables.ts';
import { Panel } from '../panel/Panel.tsx';
import { EXPERIMENT_WORDS } from './experimentWords.ts';
import { useShownRun } from './useShownRun.ts';

interface Props {
  readonly title: string;
  readonly aside?: ReactNode;
  /** Its own rows; every row of the run unless told. */
  readonly sheet?: (run: ExperimentRun) => Sheet;
  readonly children: ReactNode;
}

/** A part of what an experiment found, with the run's own word of where it comes from. */
export function ResultPanel({ title, aside, sheet = runSheet, children }: Props) {
  const run = useShownRun();
  const of = useLens((state) => EXPERIMENT_WORDS[state.view.experiment].title);
  return (
    <Panel
      title={title}
      aside={aside}
      plain
      of={of}
      table={run && (() => sheet(run))}
      about={run && aboutRun(run)}
      note={run && !run.finished ? 'So far: the run is not finished' : undefined}
    >
      {children}
    </Panel>
  );
}
