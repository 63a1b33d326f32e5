import { useRef } from 'react';
import { flushSync } from 'react-dom';

const WAYS = {
  rows: { before: ['↑', 'up'], after: ['↓', 'down'] },
  columns: { before: ['←', 'to the left'], after: ['→', 'to the right'] },
} as const;

interface Props {
  /** Of the item, as it is read out: “neuron 12”. */
  readonly name: string;
  readonly of: keyof typeof WAYS;
  readonly first: boolean;
  readonly last: boolean;
  readonly onMove: (by: -1 | 1) => void;
  /** Where it goes to with ×: it is taken “out”, or “off”. */
  readonly away: string;
  readonly onRemove: () => void;
}

/** Moves an item of a list, or takes it away; in the list's own elements, as the last things of an item. */
export function OrderButtons({ name, of, first, last, onMove, away, onRemove }: Props) {
  const back = useRef<HTMLButtonElement>(null);
  const on = useRef<HTMLButtonElement>(null);
  const { before, after } = WAYS[of];
  /** What changes its place in the document loses the focus, and at an end of the list its button does. */
  const move = (by: -1 | 1): void => {
    flushSync(() => onMove(by));
    const [pressed, other] = by < 0 ? [back, on] : [on, back];
    (pressed.current?.disabled ? other : pressed).current?.focus();
  };
  /** The focus goes on to the item beside it. */
  const remove = (): void => {
    const item = back.current?.closest('li');
    const beside = item?.nextElementSibling ?? item?.previousElementSibling;
    flushSync(onRemove);
    (beside?.querySelector('a') ?? document.getElementById('main'))?.focus();
  };
  return (
    <>
      <button
        ref={back}
        type="button"
        className="icon"
        disabled={first}
        aria-label={`Move ${name} ${before[1]}`}
        onClick={() => move(-1)}
      >
        {before[0]}
      </button>
      <button
        ref={on}
        type="button"
        className="icon"
        disabled={last}
        aria-label={`Move ${name} ${after[1]}`}
        onClick={() => move(1)}
      >
        {after[0]}
      </button>
      <button type="button" className="icon" aria-label={`Take ${name} ${away}`} onClick={remove}>
        ×
      </button>
    </>
  );
}
