import { useMemo, useState } from 'react';
import { type Citation, citations } from '../../state/cite.ts';
import { useLens } from '../../state/index.ts';
import { placeOf } from '../../state/place.ts';
import { copyText } from '../share/copyLink.ts';
import styles from './cite.module.css';
import { aboutNow } from './savePanel.ts';

/** How to cite the view: the method, the model, this program and the view itself, as BibTeX. */
export function CitePanel() {
  const view = useLens((state) => state.view);
  const subject = useLens((state) => state.subject);
  const list = useMemo(() => {
    const state = { ...useLens.getState(), view, subject };
    return citations({ modelName: view.model, title: placeOf(state), provenance: aboutNow(state) });
  }, [view, subject]);
  return (
    <div className={styles.citations}>
      <CopyButton label="Copy all four" text={list.map(({ bibtex }) => bibtex).join('\n\n')} />
      {list.map((citation) => (
        <OneCitation key={citation.of} {...citation} />
      ))}
    </div>
  );
}

function OneCitation({ title, bibtex }: Citation) {
  return (
    <section className={styles.citation} aria-label={title}>
      <header>
        <h3>{title}</h3>
        <CopyButton label="Copy" of={title} text={bibtex} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so for the keyboard too */}
      <pre tabIndex={0}>{bibtex}</pre>
    </section>
  );
}

interface CopyProps {
  readonly label: string;
  readonly text: string;
  /** What is copied, where the label does not say it. */
  readonly of?: string;
}

const COPIED_MS = 2500;

function CopyButton({ label, text, of }: CopyProps) {
  const [said, setSaid] = useState<string>();
  const copy = async (): Promise<void> => {
    setSaid((await copyText(text)) ? 'Copied' : 'Mark it and copy it');
    setTimeout(() => setSaid(undefined), COPIED_MS);
  };
  return (
    <button type="button" className="button" onClick={() => void copy()}>
      <span aria-live="polite">{said ?? label}</span>
      {of && <span className="sr-only"> {of}</span>}
    </button>
  );
}
