import { useLens } from '../../../state/index.ts';
import styles from '../learnPage.module.css';

/** The way into the game, with what was reached in it. */
export function GameCard() {
  const { played, right, best } = useLens(({ progress }) => progress.game);
  return (
    <section className={`panel ${styles.wide}`} aria-labelledby="game-title">
      <div>
        <h2 id="game-title">Guess the neuron</h2>
        <p className={styles.promise}>
          A neuron shows its strongest pictures: which of four descriptions is its own? Or the other way
          round. Guessing blindly is right one time in four.
        </p>
        {played > 0 && (
          <p className={styles.state}>
            {right} of {played} right so far; longest streak {best}.
          </p>
        )}
      </div>
      <div className={styles.buttons}>
        <button
          type="button"
          className="button"
          data-main
          onClick={() => useLens.getState().playGame('words')}
        >
          Guess its words
        </button>
        <button type="button" className="button" onClick={() => useLens.getState().playGame('pictures')}>
          Guess its pictures
        </button>
      </div>
    </section>
  );
}
