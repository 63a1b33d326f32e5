import { useState } from 'react';
import { useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { count } from '../charts/format.ts';
import { saveFile } from '../panel/saveFile.ts';
import styles from './packs.module.css';

/** Gives what was analysed here to the person, as a pack that this page and the command line can open. */
export function SavePack() {
  const blocks = useLens((state) => state.live.size);
  const [busy, setBusy] = useState(false);
  if (blocks === 0) return null;
  const save = async (): Promise<void> => {
    setBusy(true);
    const { savePack, notify } = useLens.getState();
    const saved = await savePack();
    setBusy(false);
    if (!saved) return;
    saveFile(saved.name, saved.blob);
    notify('info', `Saved as ${saved.name}.`);
  };
  return (
    <div className={styles.save}>
      <button type="button" className="button" disabled={busy} onClick={() => void save()}>
        {busy ? 'Putting it together …' : 'Save this analysis'}
      </button>
      <p className={page.soft}>
        {count(blocks)} {blocks === 1 ? 'block' : 'blocks'} analysed here, as one zip: numbers, and no
        pictures.
      </p>
    </div>
  );
}
