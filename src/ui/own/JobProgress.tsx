import { Button, Label, ProgressBar } from 'react-aria-components';
import type { Progress } from '../../progress.ts';
import styles from './own.module.css';
import { progressInWords } from './progressInWords.ts';
import { useSecondsLeft } from './useSecondsLeft.ts';

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
