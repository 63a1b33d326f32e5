import { useCallback, useState } from 'react';
import { useLens } from '../../../state/index.ts';
import { CARDS, type Round } from '../../../state/learn/game.ts';
import type { GameMode } from '../../../state/learn/gameMode.ts';
import page from '../../app/page.module.css';
import { Answers } from './Answers.tsx';
import { GameHead } from './GameHead.tsx';
import styles from './game.module.css';
import { PictureRow } from './PictureRow.tsx';
import { Truth } from './Truth.tsx';
import { useDigits } from './useDigits.ts';
import { useRound } from './useRound.ts';
import { WordRow } from './WordRow.tsx';

interface Props {
  readonly mode: GameMode;
  readonly seed: number;
}

/** Rounds of guessing, one after another, as the seed has them. */
export function Game({ mode, seed }: Props) {
  const [number, setNumber] = useState(0);
  const { round, again } = useRound(seed, number);
  const next = useCallback(() => setNumber((before) => before + 1), []);
  return (
    <div className={`${page.page} ${styles.game}`}>
      <GameHead mode={mode} number={number} />
      {round.status === 'ready' && <RoundInPlay key={number} mode={mode} round={round.value} onNext={next} />}
      {round.status === 'failed' && (
        <div role="alert" className={page.buttons}>
          <p className={page.problem}>{round.message}</p>
          <button type="button" className="button" onClick={again}>
            Try again
          </button>
        </div>
      )}
      {round.status === 'loading' && <p className={page.soft}>Drawing neurons …</p>}
    </div>
  );
}

interface RoundProps {
  readonly mode: GameMode;
  readonly round: Round;
  readonly onNext: () => void;
}

function RoundInPlay({ mode, round, onNext }: RoundProps) {
  const [chosen, setChosen] = useState<number>();
  const asked = round.cards[round.truth]!;
  const open = chosen === undefined;
  const choose = useCallback(
    (at: number) => {
      if (!open) return;
      setChosen(at);
      useLens.getState().noteRound(at === round.truth);
    },
    [open, round.truth],
  );
  useDigits(CARDS, choose, open);
  return (
    <>
      <section className={`panel ${styles.asked}`} aria-labelledby="asked">
        <h2 id="asked">
          {mode === 'words'
            ? 'These pictures move one neuron most. Which words are its own?'
            : 'These words describe one end of a neuron. Which pictures are its own?'}
        </h2>
        {mode === 'words' ? <PictureRow card={asked} large /> : <WordRow card={asked} large />}
      </section>
      <Answers mode={mode} round={round} chosen={chosen} onChoose={choose} />
      <div role="status">
        {chosen !== undefined && (
          <Truth
            card={asked}
            borneOut={round.borneOut.length}
            right={chosen === round.truth}
            onNext={onNext}
          />
        )}
      </div>
    </>
  );
}
