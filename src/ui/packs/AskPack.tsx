import { useLens } from '../../state/index.ts';
import { ActionButton } from '../app/ActionButton.tsx';
import page from '../app/page.module.css';
import styles from './packs.module.css';

/** A link names an analysis on another server, which nobody here has allowed to be asked. */
export function AskPack({ host }: { readonly host: string }) {
  const { allowPack, openAnalysis } = useLens.getState();
  const pack = useLens((state) => state.view.pack);
  return (
    <section className={styles.ask} aria-labelledby="ask-pack">
      <h1 id="ask-pack">An analysis kept at {host}</h1>
      <p>
        The link you followed shows numbers that somebody published there. Nothing has been asked of that
        server yet; it will see this machine’s network address, and nothing else of you.
      </p>
      <p className={page.hash}>{pack}</p>
      <div className={styles.ways}>
        <button type="button" className="button" data-main onClick={allowPack}>
          Open it from {host}
        </button>
        <button type="button" className="button" onClick={() => openAnalysis('pictogram-clip', 'pictograms')}>
          Stay with the shipped analysis
        </button>
        <ActionButton id="models" className="button">
          Models and pictures
        </ActionButton>
      </div>
    </section>
  );
}
