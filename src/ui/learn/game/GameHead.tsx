import { useLens } from '../../../state/index.ts';
import type { GameMode } from '../../../state/learn/gameMode.ts';
import page from '../../app/page.module.css';
import styles from './game.module.css';

interface Props {
  readonly mode: GameMode;
  /** Of the round, from 0. */
  readonly number: number;
}

/** Which game, which round, and how it goes. */
export function GameHead({ mode, number }: Props) {
  const { right, played, streak, best } = useLens(({ progress }) => progress.game);
  const { setView } = useLens.getState();
  return (
    <header className={styles.head}>
      <div>
        <h1>Guess the neuron</h1>
        <p className={page.soft}>
          Round {number + 1}.{' '}
          <span className={styles.keys}>
            Press <kbd>1</kbd> to <kbd>4</kbd>, or click.
          </span>
        </p>
      </div>
      <dl className={styles.score}>
        <div>
          <dt>right</dt>
          <dd>
            {right} of {played}
          </dd>
        </div>
        <div>
          <dt>streak</dt>
          <dd>{streak}</dd>
        </div>
        <div>
          <dt>longest</dt>
          <dd>{best}</dd>
        </div>
      </dl>
      <div className={page.buttons}>
        <button
          type="button"
          className="button"
          onClick={() => useLens.getState().playGame(mode === 'words' ? 'pictures' : 'words')}
        >
          {mode === 'words' ? 'Guess pictures instead' : 'Guess words instead'}
        </button>
        <button type="button" className="button" onClick={() => setView({ game: '' })}>
          Back to Learn
        </button>
      </div>
    </header>
  );
}
