import { useEffect, useRef } from 'react';
import { encodeView, useLens } from '../../../state/index.ts';
import { type Card, SHOWN_PICTURES, WORDS } from '../../../state/learn/game.ts';
import { chanceOf } from '../../../state/learn/look.ts';
import { number } from '../../charts/format.ts';
import styles from './game.module.css';

interface Props {
  readonly card: Card;
  /** How many of its pictures show something near its words. */
  readonly borneOut: number;
  readonly right: boolean;
  readonly onNext: () => void;
}

/** Whose pictures and words they were, and how far the words are to be trusted. */
export function Truth({ card, borneOut, right, onNext }: Props) {
  const { block, neuron, r2, end } = card;
  const href = useLens(({ view }) =>
    encodeView({ ...view, page: 'neuron', block, neuron, game: '', lesson: '', step: 0, sign: end }),
  );
  const chance = useLens((state) => chanceOf(state, WORDS));
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus(), []);
  return (
    <div className={styles.truth} data-right={right || undefined}>
      <p>
        <strong>{right ? 'Right.' : 'Not this time.'}</strong> It is the {end} end of{' '}
        <a href={href}>
          neuron {neuron} of block {block}
        </a>
        . With {WORDS} words its description rebuilds R² {number(r2, 2)} of its direction
        {chance && `; random directions reach ${number(chance.mean, 2)}`}. {borneOut} of its {SHOWN_PICTURES}{' '}
        pictures show something near its words.
      </p>
      <button ref={next} type="button" className="button" data-main onClick={onNext}>
        Next round
      </button>
    </div>
  );
}
