import { useLens } from '../../state/index.ts';
import styles from './learn.module.css';

interface Props {
  readonly title: string;
  /** From 0. */
  readonly at: number;
  readonly steps: number;
  readonly folded: boolean;
  readonly onFold: () => void;
  readonly onMove: () => void;
}

/** Which lesson, how far, and the ways to have it out of the way. */
export function PanelHead({ title, at, steps, folded, onFold, onMove }: Props) {
  return (
    <header className={styles.head}>
      <p>
        <strong>{title}</strong>
        <span>
          step {at + 1} of {steps}
        </span>
      </p>
      <div className={styles.tools}>
        <button
          type="button"
          className={`icon ${styles.mover}`}
          onClick={onMove}
          aria-label="Move to the other side"
        >
          <span aria-hidden="true">⇄</span>
        </button>
        <button
          type="button"
          className="icon"
          onClick={onFold}
          aria-expanded={!folded}
          aria-label={folded ? 'Unfold the lesson' : 'Fold the lesson'}
        >
          <span aria-hidden="true">{folded ? '▴' : '▾'}</span>
        </button>
        <button
          type="button"
          className="icon"
          onClick={() => useLens.getState().leaveLesson()}
          aria-label="Leave the lesson"
        >
          <span aria-hidden="true">×</span>
        </button>
      </div>
      <progress className={styles.progress} max={steps} value={at + 1} aria-label="How far in the lesson" />
    </header>
  );
}
