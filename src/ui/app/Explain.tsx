import { type ReactNode, Suspense, useRef, useState } from 'react';
import { GLOSSARY, type GlossaryEntry, type GlossaryId } from '../../state/glossary.ts';
import styles from './explain.module.css';
import { room } from './room.tsx';

/** What opens beside a word is no part of the first script: it loads when a pointer or the focus comes near. */
const POPUP = room(async () => (await import('./ExplainPopup.tsx')).ExplainPopup);

interface Props {
  readonly id: GlossaryId;
  /** What stands on the page; the term of the glossary unless told. */
  readonly children?: ReactNode;
}

/** A word that explains itself in a sentence when pressed. */
export function Explain({ id, children }: Props) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const entry: GlossaryEntry = GLOSSARY[id];
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={styles.term}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={POPUP.prepare}
        onFocus={POPUP.prepare}
        onClick={() => setOpen(true)}
      >
        {children ?? entry.term}
        <span className="sr-only"> (explain)</span>
      </button>
      {open && (
        <Suspense>
          <POPUP.View entry={entry} trigger={trigger} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
