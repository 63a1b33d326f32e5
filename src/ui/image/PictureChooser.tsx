import { type FormEvent, useId, useState } from 'react';
import { loadedValue, useLens } from '../../state/index.ts';
import styles from './image.module.css';

/** Which picture of the set, or of one's own. */
export function PictureChooser() {
  const image = useLens((state) => state.view.image);
  const pictures = useLens((state) => loadedValue(state.pictures));
  const own = useLens((state) => state.own);
  const [typed, setTyped] = useState('');
  const id = useId();
  const { setView } = useLens.getState();
  const count = pictures?.count ?? 0;
  const index = /^\d+$/.test(image) ? Number(image) : undefined;
  const mine = own.find((picture) => picture.id.startsWith(image));
  const show = (to: number): void => {
    if (count > 0) setView({ image: String((to + count) % count) });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (/^\d{1,7}$/.test(typed)) show(Number(typed));
    setTyped('');
  };
  return (
    <header className={styles.chooser}>
      <h1>
        {index === undefined ? (mine?.name ?? 'An own picture') : `Picture ${index}`}
        {index !== undefined && pictures && <small>{pictures.caption(index)}</small>}
      </h1>
      <div className={styles.buttons}>
        <button
          type="button"
          className="button"
          onClick={() => show((index ?? 0) - 1)}
          aria-label="Previous picture"
        >
          ←
        </button>
        <button
          type="button"
          className="button"
          onClick={() => show((index ?? -1) + 1)}
          aria-label="Next picture"
        >
          →
        </button>
        <button type="button" className="button" onClick={() => show(Math.floor(Math.random() * count))}>
          Random
        </button>
        <form onSubmit={submit}>
          <label htmlFor={id} className="sr-only">
            Number of a picture
          </label>
          <input
            id={id}
            className={styles.number}
            inputMode="numeric"
            placeholder="number"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </form>
        {own.map((picture) => (
          <button
            key={picture.id}
            type="button"
            className="button"
            aria-pressed={mine === picture}
            onClick={() => setView({ image: picture.id.slice(0, 16) })}
          >
            {picture.name}
          </button>
        ))}
      </div>
    </header>
  );
}
