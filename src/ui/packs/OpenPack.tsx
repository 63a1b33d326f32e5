import { useLens } from '../../state/index.ts';
import { AddressForm } from '../app/AddressForm.tsx';
import page from '../app/page.module.css';
import { FileButton } from '../own/FileButton.tsx';
import { useDrop } from '../own/useDrop.ts';
import styles from './packs.module.css';
import { SavePack } from './SavePack.tsx';

/** An analysis that somebody made and saved: at an address, or on this machine. */
export function OpenPack() {
  const opening = useLens((state) => state.packOpening);
  const failure = useLens((state) => state.packFailure);
  const { openPackAt, openPackFiles } = useLens.getState();
  const take = (files: readonly File[]): void => {
    if (files.length > 0) void openPackFiles(files);
  };
  const drop = useDrop(take);
  return (
    <section
      className={`${page.section} ${styles.open}`}
      aria-labelledby="open-pack"
      data-over={drop.over || undefined}
      {...drop.handlers}
    >
      <h2 id="open-pack">Open an analysis made elsewhere</h2>
      <p className={page.soft}>
        A pack: a folder with a pack.json, or the same as one zip. Give its address, choose it, or drop it
        here. Its numbers open at once, without its model; that server is asked only when you press Open.
      </p>
      <AddressForm
        label="Address of a pack’s folder or zip"
        action={opening ? 'Opening …' : 'Open'}
        busy={opening}
        problem={failure}
        onAddress={(address) => void openPackAt(address)}
      />
      <div className={page.buttons}>
        <FileButton label="Choose a pack’s zip" accept=".zip" onFiles={take} />
        <FileButton label="Choose a pack’s folder" folder onFiles={take} />
      </div>
      <SavePack />
    </section>
  );
}
