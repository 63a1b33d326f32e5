import { type FormEvent, useId, useState } from 'react';
import { isOfSet, loadedValue, ownImage, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { BlobPicture } from '../own/BlobPicture.tsx';
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
  const index = isOfSet(image) ? Number(image) : undefined;
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
      <div className={styles.title}>
        <h1>{index === undefined ? (mine?.name ?? 'An own picture') : `Picture ${index}`}</h1>
        {index !== undefined && pictures && <p>{pictures.caption(index)}</p>}
      </div>
      <div className={page.buttons}>
        <button
          type="button"
          className={styles.toggle}
          onClick={() => show((index ?? 0) - 1)}
          aria-label="Previous picture"
        >
          ←
        </button>
        <button
          type="button"
          className={styles.toggle}
          onClick={() => show((index ?? -1) + 1)}
          aria-label="Next picture"
        >
          →
        </button>
        <button
          type="button"
          className={styles.toggle}
          onClick={() => show(Math.floor(Math.random() * count))}
        >
          Any
        </button>
        <form onSubmit={submit}>
          <label htmlFor={id} className="sr-only">
            Number of a picture
          </label>
          <input
            id={id}
            className={`${page.input} ${styles.number}`}
            inputMode="numeric"
            placeholder="number"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </form>
      </div>
      {own.length > 0 && (
        <ul className={styles.mine} aria-label="Your pictures">
          {own.map((picture) => (
            <li key={picture.id}>
              <button
                type="button"
                aria-pressed={mine === picture}
                aria-label={picture.name}
                title={picture.name}
                onClick={() => setView({ image: ownImage(picture.id) })}
              >
                <BlobPicture file={picture.file} alt="" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}
