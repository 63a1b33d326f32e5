import type { Card } from '../../../state/learn/game.ts';
import styles from './game.module.css';

interface Props {
  readonly card: Card;
  readonly large?: boolean;
}

/** The words of the end of a neuron that is played, heaviest first. */
export const WordRow = ({ card, large }: Props) => (
  <span className={styles.words} data-large={large || undefined}>
    {card.words.join(' · ')}
  </span>
);
