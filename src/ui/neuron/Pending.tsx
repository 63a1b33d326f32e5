import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { Loadable } from '../../state/index.ts';
import controlsStyles from './controls.module.css';
import styles from './neuron.module.css';

interface Props<T> {
  readonly loadable: Loadable<T>;
  /** What is awaited, for "Loading …" and "No …". */
  readonly what: string;
  /** Said while it is awaited, in place of "Loading …". */
  readonly words?: string | undefined;
  readonly onRetry?: () => void;
  readonly children: (value: T) => ReactNode;
}

/** Shows a thing when it is there, says so while it is not, and why when it will not be. */
export function Pending<T>({ loadable, what, words, onRetry, children }: Props<T>) {
  if (loadable.status === 'ready') return children(loadable.value);
  if (loadable.status === 'failed')
    return (
      <div className={styles.failed} role="alert">
        <p>
          Could not load {what}. {loadable.message}
        </p>
        {onRetry && (
          <Button className={controlsStyles.button!} onPress={onRetry}>
            Try again
          </Button>
        )}
      </div>
    );
  return (
    <p className={styles.loading} role="status">
      {words ?? `Loading ${what} …`}
    </p>
  );
}
