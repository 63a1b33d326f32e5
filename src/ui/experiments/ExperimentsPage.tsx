import type { MouseEvent } from 'react';
import { EXPERIMENTS, type ExperimentName, encodeView, loadedValue, useLens } from '../../state/index.ts';
import { Ablation } from './Ablation.tsx';
import styles from './experiments.module.css';
import { EXPERIMENT_WORDS } from './experimentWords.ts';
import { KeptRuns } from './KeptRuns.tsx';
import { Question } from './Question.tsx';
import { RunPanel } from './RunPanel.tsx';

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
          <Ablation />
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
