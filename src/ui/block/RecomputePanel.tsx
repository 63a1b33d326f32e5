import { memo } from 'react';
import { Button, ProgressBar, Radio, RadioGroup } from 'react-aria-components';
import {
  type AnalysisJob,
  type LiveBlock,
  loadedValue,
  type NumberSource,
  useLens,
} from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { count, duration } from '../charts/format.ts';
import { SavePack } from '../packs/SavePack.tsx';
import { AgreementFigures } from './AgreementFigures.tsx';
import styles from './block.module.css';

/** Analyses this block here; where numbers ship, says how close these come to them. */
export const RecomputePanel = memo(function RecomputePanel() {
  const block = useLens((state) => state.view.block);
  const job = useLens((state) => state.job);
  const live = useLens((state) => state.live.get(block));
  const images = useLens((state) => loadedValue(state.subject)?.set.count ?? 0);
  const shipped = useLens((state) => loadedValue(state.subject)?.pack !== undefined);
  return (
    <section
      className={styles.recompute}
      aria-label={shipped ? 'Recompute this block' : 'Analyse this block'}
    >
      {job.status === 'running' ? (
        <Running job={job} />
      ) : (
        <div className={styles.recomputeHead}>
          <button
            type="button"
            className="button"
            data-main={!shipped && !live ? '' : undefined}
            onClick={() => void useLens.getState().recompute()}
          >
            {buttonWords(live !== undefined, shipped)}
          </button>
          {live ? (
            <Sources live={live} choice={shipped} />
          ) : (
            <Outcome job={job} block={block} images={images} shipped={shipped} />
          )}
        </div>
      )}
      {live?.agreement && job.status !== 'running' && <AgreementFigures agreement={live.agreement} />}
      {live && job.status !== 'running' && <SavePack />}
    </section>
  );
});

const buttonWords = (live: boolean, shipped: boolean): string => {
  if (shipped) return live ? 'Recompute again' : 'Recompute live on this machine';
  return live ? 'Analyse again' : 'Analyse this block';
};

function Running({ job }: { readonly job: Extract<AnalysisJob, { status: 'running' }> }) {
  const { progress, secondsLeft, block } = job;
  const counted = progress.total > 0 ? ` ${count(progress.done)} of ${count(progress.total)}` : '';
  const left = secondsLeft === undefined ? '' : `${duration(secondsLeft)} left`;
  return (
    <div className={styles.running}>
      <ProgressBar
        className={styles.progress!}
        aria-label={`Analysing block ${block}`}
        value={progress.done}
        maxValue={Math.max(1, progress.total)}
        isIndeterminate={progress.total <= 0}
        valueLabel={`${progress.stage}${counted}`}
      >
        {({ percentage }) => (
          <>
            <span className={styles.stage}>
              {progress.stage}
              {counted}
            </span>
            <span className={styles.timeLeft}>{left}</span>
            <span className={styles.track} data-unknown={progress.total <= 0 || undefined}>
              <span style={progress.total > 0 ? { inlineSize: `${percentage ?? 0}%` } : undefined} />
            </span>
          </>
        )}
      </ProgressBar>
      <Button className="button" onPress={() => useLens.getState().cancelJob()}>
        Cancel
      </Button>
    </div>
  );
}

interface OutcomeProps {
  readonly job: AnalysisJob;
  readonly block: number;
  readonly images: number;
  readonly shipped: boolean;
}

function Outcome({ job, block, images, shipped }: OutcomeProps) {
  if (job.status === 'failed' && job.block === block) {
    return (
      <p className={styles.failed} role="alert">
        {job.message}
      </p>
    );
  }
  const cancelled = job.status === 'cancelled' && job.block === block ? 'Cancelled; nothing was kept. ' : '';
  return (
    <p className={styles.recomputeText}>
      {cancelled}Runs the model on all {count(images)} pictures in this browser
      {shipped
        ? ' and compares: see for yourself that the numbers hold.'
        : '; they never leave this machine.'}
    </p>
  );
}

const SOURCES: readonly { readonly value: NumberSource; readonly label: string }[] = [
  { value: 'shipped', label: 'shipped' },
  { value: 'live', label: 'live' },
];

function Sources({ live, choice }: { readonly live: LiveBlock; readonly choice: boolean }) {
  const source = useLens((state) => state.source);
  return (
    <>
      {choice && (
        <RadioGroup
          className={styles.sources!}
          orientation="horizontal"
          aria-label="Numbers shown"
          value={source}
          onChange={(value) => useLens.getState().setSource(value === 'live' ? 'live' : 'shipped')}
        >
          <span className={styles.sourcesLabel}>Numbers shown</span>
          {SOURCES.map(({ value, label }) => (
            <Radio key={value} value={value} className={styles.source!}>
              {label}
            </Radio>
          ))}
        </RadioGroup>
      )}
      <p className={styles.recomputeText} role="status">
        <Explain id="liveNumbers">Live numbers</Explain> from {count(live.images)} pictures in{' '}
        {duration(live.seconds).replace('about ', '')}.
      </p>
    </>
  );
}
