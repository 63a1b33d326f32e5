import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, OverlayArrow, Popover } from 'react-aria-components';
import { GLOSSARY, type GlossaryEntry, type GlossaryId } from '../../state/glossary.ts';
import styles from './explain.module.css';

interface Props {
  readonly id: GlossaryId;
  /** What stands on the page; the term of the glossary unless told. */
  readonly children?: ReactNode;
}

/** A word that explains itself in a sentence when pressed. */
export function Explain({ id, children }: Props) {
  const { term, sentence, more }: GlossaryEntry = GLOSSARY[id];
  return (
    <DialogTrigger>
      <Button className={styles.term!}>
        {children ?? term}
        <span className="sr-only"> (explain)</span>
      </Button>
      <Popover className={styles.popover!} placement="top">
        <OverlayArrow className={styles.arrow!}>
          <svg width="12" height="6" viewBox="0 0 12 6" aria-hidden="true">
            <path d="M0 0 L6 6 L12 0" />
          </svg>
        </OverlayArrow>
        <Dialog className={styles.dialog!} aria-label={term}>
          <strong>{term}</strong>
          <p>{sentence}</p>
          {more && <p className={styles.more}>{more}</p>}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
