import type { Round } from '../../../state/learn/game.ts';
import type { GameMode } from '../../../state/learn/gameMode.ts';
import styles from './game.module.css';
import { PictureRow } from './PictureRow.tsx';
import { WordRow } from './WordRow.tsx';

interface Props {
  readonly mode: GameMode;
  readonly round: Round;
  readonly chosen: number | undefined;
  readonly onChoose: (at: number) => void;
}

/** The four cards to choose from; once one is chosen, which it was and which is right. */
export function Answers({ mode, round, chosen, onChoose }: Props) {
  const fate = (at: number): 'right' | 'wrong' | undefined => {
    if (chosen === undefined) return undefined;
    if (at === round.truth) return 'right';
    return at === chosen ? 'wrong' : undefined;
  };
  return (
    <ol className={styles.answers} aria-label="Answers">
      {round.cards.map((card, at) => (
        <li key={`${card.block} ${card.neuron} ${card.end}`}>
          <button
            type="button"
            className={styles.answer}
            data-fate={fate(at)}
            aria-disabled={chosen !== undefined}
            aria-keyshortcuts={String(at + 1)}
            onClick={() => onChoose(at)}
          >
            <kbd>{at + 1}</kbd>
            {mode === 'words' ? <WordRow card={card} /> : <PictureRow card={card} />}
            {fate(at) && (
              <span className={styles.fate}>{fate(at) === 'right' ? '✓ its own' : '✗ not its own'}</span>
            )}
          </button>
        </li>
      ))}
    </ol>
  );
}
