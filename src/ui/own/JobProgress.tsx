import { useEffect, useRef, useState } from 'react';
import { Button, Label, ProgressBar } from 'react-aria-components';
import type { Progress } from '../../progress.ts';
import { type Remaining, remaining } from '../../state/eta.ts';
import styles from './own.module.css';
import { progressInWords } from './progressInWords.ts';

interface Props {
  readonly progress: Progress | undefined;
  /** Left out for what is quick enough to be waited for. */
  readonly onCancel?: () => void;
}

/** How far a long job is, how long it will take, and the way to end it. */
export function JobProgress({ progress, onCancel }: Props) {
  const left = useSecondsLeft(progress);
  const stage = progress?.stage ?? 'Starting the model on this machine';
  const known = progress !== undefined && progress.total > 0;
  return (
    <div className={styles.job}>
      <ProgressBar
        className={styles.progress!}
        isIndeterminate={!known}
        {...(known ? { value: progress.done, maxValue: progress.total } : {})}
        {...(known ? { valueLabel: progressInWords(progress, left) } : {})}
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
      {onCancel && (
        <Button className="button" onPress={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}

/** At the pace of late: a download that goes on where it was begins with much done already. */
function useSecondsLeft(progress: Progress | undefined): number | undefined {
  const pace = useRef<Remaining>(undefined);
  const stage = useRef<string>(undefined);
  const [left, setLeft] = useState<number>();
  useEffect(() => {
    if (!progress) return;
    if (stage.current !== progress.stage) pace.current = remaining();
    stage.current = progress.stage;
    setLeft(pace.current!.secondsLeft(performance.now(), progress.done, progress.total));
  }, [progress]);
  return left;
}
