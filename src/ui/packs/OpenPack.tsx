import { type FormEvent, useId, useState } from 'react';
import { useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { FileButton } from '../own/FileButton.tsx';
import { useDrop } from '../own/useDrop.ts';
import styles from './packs.module.css';
import { SavePack } from './SavePack.tsx';

/** An analysis that somebody made and saved: at an address, or on this machine. */
export function OpenPack() {
  const opening = useLens((state) => state.packOpening);
  const failure = useLens((state) => state.packFailure);
  const [address, setAddress] = useState('');
  const id = useId();
  const { openPackAt, openPackFiles } = useLens.getState();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (address.trim() !== '') void openPackAt(address);
  };
  const take = (files: readonly File[]): void => {
    if (files.length > 0) void openPackFiles(files);
  };
  const drop = useDrop(take);
  return (
    <section
      className={styles.open}
      aria-labelledby="open-pack"
      data-over={drop.over || undefined}
      {...drop.handlers}
    >
      <h2 id="open-pack">Open an analysis made elsewhere</h2>
      <p className={page.soft}>
        A pack: a folder with a pack.json, or the same as one zip. Give its address, choose it, or drop it
        here. Its numbers open at once, without its model; that server is asked only when you press Open.
      </p>
      <form className={styles.address} onSubmit={submit}>
        <label htmlFor={id}>Address of a pack’s folder or zip</label>
        <input
          id={id}
          className={page.input}
          type="url"
          inputMode="url"
          placeholder="https://…"
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <button type="submit" className="button" disabled={address.trim() === '' || opening}>
          {opening ? 'Opening …' : 'Open'}
        </button>
      </form>
      <div className={page.buttons}>
        <FileButton label="Choose a pack’s zip" accept=".zip" onFiles={take} />
        <FileButton label="Choose a pack’s folder" folder onFiles={take} />
      </div>
      <SavePack />
      {failure && (
        <p className={page.problem} role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}
