import type { RefObject } from 'react';
import { OverlayArrow } from 'react-aria-components';
import type { GlossaryEntry } from '../../state/glossary.ts';
import styles from './explain.module.css';
import { Popup } from './Popup.tsx';

interface Props {
  readonly entry: GlossaryEntry;
  readonly trigger: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

/** What a word means. */
export function ExplainPopup({ entry: { term, sentence, more }, trigger, onClose }: Props) {
  return (
    <Popup
      trigger={trigger}
      label={term}
      onClose={onClose}
      className={styles.popover}
      dialogClassName={styles.dialog}
      placement="top"
    >
      <OverlayArrow className={styles.arrow!}>
        <svg width="12" height="6" viewBox="0 0 12 6" aria-hidden="true">
          <path d="M0 0 L6 6 L12 0" />
        </svg>
      </OverlayArrow>
      <strong>{term}</strong>
      <p>{sentence}</p>
      {more && <p className={styles.more}>{more}</p>}
    </Popup>
  );
}
