import { useState } from 'react';
import { useLens } from '../../state/index.ts';
import { copiesOf, MOST_COPIES } from '../../state/savedPack.ts';
import page from '../app/page.module.css';
import { count } from '../charts/format.ts';
import { saveFile } from '../panel/saveFile.ts';
import styles from './packs.module.css';

/** Gives what was analysed here to the person, as a pack that this page and the command line can open. */
export function SavePack() {
  const blocks = useLens((state) => state.live.size);
  const copies = useLens(copiesOf);
  const [busy, setBusy] = useState(false);
  const [wanted, setWanted] = useState(false);
  if (blocks === 0) return null;
  const pictures = wanted && copies > 0 && copies <= MOST_COPIES;
  const save = async (): Promise<void> => {
    setBusy(true);
    const { savePack, notify } = useLens.getState();
    const saved = await savePack({ pictures });
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
        {count(blocks)} {blocks === 1 ? 'block' : 'blocks'} analysed here, as one zip: numbers, and{' '}
        {pictures ? 'small copies of your pictures' : 'no pictures'}.
      </p>
      {copies > 0 && <Copies copies={copies} wanted={pictures} onWanted={setWanted} />}
    </div>
  );
}

interface CopiesProps {
  readonly copies: number;
  readonly wanted: boolean;
  readonly onWanted: (wanted: boolean) => void;
}

/** Own pictures go along only on purpose. */
function Copies({ copies, wanted, onWanted }: CopiesProps) {
  if (copies > MOST_COPIES)
    return (
      <p className={page.soft}>
        Your pictures cannot go along: there are {count(copies)}, and a saved analysis holds up to{' '}
        {count(MOST_COPIES)}. The command line packs more.
      </p>
    );
  return (
    <label className={styles.copies}>
      <input type="checkbox" checked={wanted} onChange={(event) => onWanted(event.target.checked)} />
      <span>
        Include small copies of my {count(copies)} pictures.{' '}
        <span className={page.soft}>
          Whoever gets the file then sees them, 160 pixels a side, and their file names: share it only if you
          may.
        </span>
      </span>
    </label>
  );
}
