import { Button } from 'react-aria-components';
import { useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { saveFile } from '../panel/saveFile.ts';
import { FileButton } from './FileButton.tsx';
import styles from './own.module.css';

/** The one way own pictures leave this machine: in a file that the person saves and hands over. */
export function BundlePanel() {
  const pictures = useLens((state) => state.own.length);
  const pins = useLens((state) => state.pins.pins.length);
  const busy = useLens((state) => state.bundling);
  const save = async (): Promise<void> => {
    const saved = await useLens.getState().saveBundle();
    if (saved) saveFile(saved.name, saved.blob);
  };
  const open = ([file]: readonly File[]): void => void (file && useLens.getState().openBundle(file));
  return (
    <section className={styles.bundle} aria-labelledby="bundle-heading">
      <div>
        <h2 id="bundle-heading">To show others the same</h2>
        <p className={page.lead}>
          A link names your pictures by a hash and carries none of them. A bundle is a file with the pictures
          themselves, your pins and this view: save it, and give it to whom you choose.
        </p>
      </div>
      <div className={page.buttons}>
        <Button className="button" isDisabled={busy || pictures + pins === 0} onPress={() => void save()}>
          {busy ? 'One moment …' : 'Save a bundle'}
        </Button>
        <FileButton label="Open a bundle" accept=".zip,application/zip" onFiles={open} />
        <span className={page.soft}>
          {pictures + pins === 0
            ? 'There is nothing here to save yet.'
            : `${counted(pictures, 'picture')} and ${counted(pins, 'pin')}`}
        </span>
      </div>
    </section>
  );
}

const counted = (count: number, what: string): string => `${count} ${count === 1 ? what : `${what}s`}`;
