import type { MouseEvent } from 'react';
import {
  EXPERIMENTS,
  type ExperimentName,
  type ExperimentTables,
  encodeView,
  loadedValue,
  useLens,
} from '../../state/index.ts';
import { Ablation } from './Ablation.tsx';
import { Adversarial } from './Adversarial.tsx';
import styles from './experiments.module.css';
import { EXPERIMENT_WORDS } from './experimentWords.ts';
import { Indirect } from './Indirect.tsx';
import { KeptRuns } from './KeptRuns.tsx';
import { LookFor } from './LookFor.tsx';
import { Question } from './Question.tsx';
import { RunHead } from './RunHead.tsx';
import { RunPanel } from './RunPanel.tsx';
import { Segmentation } from './Segmentation.tsx';
import { useShownRun } from './useShownRun.ts';

/** The paper's experiments, made again on this machine. */
export function ExperimentsPage() {
  const experiment = useLens((state) => state.view.experiment);
  const subject = useLens((state) => state.subject);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>Experiments</h1>
        <ExperimentTabs />
      </header>
      {subject.status === 'failed' && (
        <p role="alert" className={styles.problem}>
          {subject.message}
        </p>
      )}
      <div className={styles.columns}>
        <aside className={styles.side} aria-label="What is asked, and how">
          <Question experiment={experiment} />
          {loadedValue(subject) && <RunPanel experiment={experiment} />}
        </aside>
        <section className={styles.results} aria-label="What came out">
          <Result experiment={experiment} />
          <KeptRuns />
        </section>
      </div>
    </div>
  );
}

function ExperimentTabs() {
  return (
    <nav className={styles.tabs} aria-label="Experiments">
      {EXPERIMENTS.map((name) => (
        <Tab key={name} name={name} />
      ))}
    </nav>
  );
}

/** A real link, so that it opens in a new tab too. What was chosen for another experiment is left behind. */
function Tab({ name }: { readonly name: ExperimentName }) {
  const href = useLens(({ view }) => encodeView({ ...view, experiment: name, first: '', sample: '' }));
  const here = useLens((state) => state.view.experiment === name);
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    useLens.getState().setView({ experiment: name, first: '', sample: '' });
  };
  return (
    <a href={href} onClick={go} aria-current={here ? 'page' : undefined} className={styles.tab}>
      {EXPERIMENT_WORDS[name].title}
    </a>
  );
}

function Result({ experiment }: { readonly experiment: ExperimentName }) {
  const run = useShownRun();
  if (!run || run.tables.parts.every(({ rows }) => rows.length === 0))
    return <LookFor experiment={experiment} waiting />;
  return (
    <div className={styles.result}>
      <RunHead run={run} />
      <LookFor experiment={experiment} waiting={false} />
      <Tables tables={run.tables} />
    </div>
  );
}

function Tables({ tables }: { readonly tables: ExperimentTables }) {
  switch (tables.kind) {
    case 'ablation':
      return <Ablation tables={tables} />;
    case 'indirect':
      return <Indirect tables={tables} />;
    case 'segmentation':
      return <Segmentation tables={tables} />;
    case 'adversarial':
      return <Adversarial tables={tables} />;
  }
}
