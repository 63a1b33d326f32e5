import { useEffect, useState } from 'react';
import { Button, Label, ProgressBar } from 'react-aria-components';
import type { Progress } from '../../progress.ts';
import styles from './own.module.css';
import { progressInWords } from './remaining.ts';

interface Props {
  readonly progress: Progress | undefined;
  readonly onCancel: () => void;
}

/** How far a long job is, how long it will take, and the way to end it. */
export function JobProgress({ progress, onCancel }: Props) {
  const elapsed = useElapsed(progress?.stage);
  const stage = progress?.stage ?? 'Starting the model on this machine';
  const known = progress !== undefined && progress.total > 0;
  return (
    <div className={styles.job}>
      <ProgressBar
        className={styles.progress!}
        isIndeterminate={!known}
        {...(known ? { value: progress.done, maxValue: progress.total } : {})}
        {...(known ? { valueLabel: progressInWords(progress, elapsed) } : {})}
      >
        {({ percentage, valueText }) => (
          <>
            <Label>{stage}</Label> <span>{known ? valueText : '…'}</span>
            <span className={styles.track} aria-hidden="true">
              <span
                className={styles.done}
                data-unknown={percentage === undefined || undefined}
                style={{ inlineSize: `${percentage ?? 30}%` }}
              />
            </span>
          </>
        )}
      </ProgressBar>
      <Button className={styles.button!} onPress={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

/** Seconds since `stage` began; each stage has a pace of its own. */
function useElapsed(stage: string | undefined): number {
  const [start, setStart] = useState({ stage, at: performance.now() });
  const [now, setNow] = useState(() => performance.now());
  if (start.stage !== stage) setStart({ stage, at: performance.now() });
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, (now - start.at) / 1000);
}
