import { useMemo } from 'react';
import {
  type ExperimentName,
  experimentKey,
  experimentOptions,
  loadedValue,
  missingForExperiment,
  picturesOfExperiment,
  secondsOfExperiment,
  useLens,
} from '../../state/index.ts';
import { count, duration } from '../charts/format.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import { Panel } from '../panel/Panel.tsx';
import styles from './experiments.module.css';
import { Options } from './Options.tsx';
import { useShownRun } from './useShownRun.ts';

/** How the experiment is made: its options, what it takes, and the way to start, stop and go on. */
export function RunPanel({ experiment }: { readonly experiment: ExperimentName }) {
  const view = useLens((state) => state.view);
  const ownSet = useLens((state) => state.ownSet);
  const pictures = useLens((state) => state.pictures);
  const engine = useLens((state) => state.engine);
  const missing = useMemo(
    () => missingForExperiment({ view, ownSet, pictures, engine }, experiment),
    [view, ownSet, pictures, engine, experiment],
  );
  return (
    <Panel title="How it is run" figure={false}>
      {missing ? (
        <p role="status">{missing}</p>
      ) : (
        <>
          <Options experiment={experiment} />
          <RunState />
        </>
      )}
    </Panel>
  );
}

function RunState() {
  const job = useLens((state) => state.experimentJob);
  const key = useLens(experimentKey);
  const run = useShownRun();
  const { cancelExperiment } = useLens.getState();
  if (job.status === 'running') {
    return (
      <div className={styles.job}>
        {job.key !== key && <p>Another experiment is running; this one can start after it.</p>}
        <JobProgress
          progress={job.progress.total > 0 ? job.progress : undefined}
          onCancel={cancelExperiment}
        />
      </div>
    );
  }
  return (
    <div className={styles.job}>
      {job.status === 'failed' && job.key === key && (
        <p role="alert" className={styles.problem}>
          {job.message}
        </p>
      )}
      {run && !run.finished && (
        <p role="status">
          Stopped{run.stage ? ` at “${run.stage}”` : ''} after {duration(run.seconds)}; what is done is kept.
        </p>
      )}
      <StartButtons started={run !== undefined && !run.finished} finished={run?.finished ?? false} />
    </div>
  );
}

interface StartProps {
  readonly started: boolean;
  readonly finished: boolean;
}

function StartButtons({ started, finished }: StartProps) {
  const size = useSizeOfRun();
  const composed = useLens((state) => state.view.experiment === 'adversarial');
  const { runExperiment, setView } = useLens.getState();
  if (!size) return null;
  const { now, all } = size;
  const runAll = (): void => {
    setView({ first: 'all' });
    void useLens.getState().runExperiment();
  };
  return (
    <>
      {!finished && (
        <>
          <button type="button" className="button" data-main="" onClick={() => void runExperiment()}>
            {started ? 'Go on with' : 'Run on'} {count(now.pictures)} pictures
          </button>
          <p className={styles.soft}>{timeWords(now.seconds, started)}</p>
        </>
      )}
      {all && all.pictures > now.pictures && (
        <>
          <button type="button" className="button" onClick={runAll}>
            {composed ? 'Run with 100 a way, ' : 'Run on all '}
            {count(all.pictures)}
          </button>
          <p className={styles.soft}>{timeWords(all.seconds, false)}</p>
        </>
      )}
    </>
  );
}

const timeWords = (seconds: number | undefined, started: boolean): string => {
  if (started) return 'It goes on where it stopped.';
  return seconds === undefined
    ? 'Not timed on this machine yet: after a first run its time is known before it starts.'
    : `It will take ${duration(seconds)}, going by the last run on this machine.`;
};

interface RunSize {
  readonly pictures: number;
  readonly seconds: number | undefined;
}

/** Pictures and time of the run as it is chosen, and of one on all pictures. */
function useSizeOfRun(): { now: RunSize; all: RunSize | undefined } | undefined {
  const view = useLens((state) => state.view);
  const subject = useLens((state) => state.subject);
  const ownSet = useLens((state) => state.ownSet);
  const pictures = useLens((state) => state.pictures);
  const kept = useLens((state) => state.keptRuns);
  return useMemo(() => {
    const state = { view, subject, ownSet, pictures };
    const options = experimentOptions(state);
    if (!options) return undefined;
    const hash = loadedValue(subject)?.model.hash;
    const sized = (own: typeof options): RunSize | undefined => {
      const looked = picturesOfExperiment(state, own);
      if (looked === undefined) return undefined;
      return { pictures: looked, seconds: secondsOfExperiment(kept, own, looked, hash) };
    };
    const now = sized(options);
    return now && { now, all: sized({ ...options, pictures: undefined }) };
  }, [view, subject, ownSet, pictures, kept]);
}
