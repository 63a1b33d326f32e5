import { type ReactNode, useId, useState } from 'react';
import { Button } from 'react-aria-components';
import { copyText } from './copyLink.ts';
import styles from './share.module.css';

interface Props {
  readonly label: string;
  readonly text: string;
  /** Rows of a text that is longer than a line. */
  readonly rows?: number;
  readonly children?: ReactNode;
}

/** A text to be taken elsewhere: read, selected by a touch, copied by a button. */
export function CopyField({ label, text, rows = 1, children }: Props) {
  const id = useId();
  return (
    <div className={styles.copyField}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.copyRow}>
        <textarea
          id={id}
          className={styles.text}
          readOnly
          rows={rows}
          value={text}
          spellCheck={false}
          data-oneline={rows === 1 || undefined}
          onFocus={(event) => event.target.select()}
        />
        <CopyButton text={text} what={label} />
      </div>
      {children}
    </div>
  );
}

const SAID = { no: 'Copy', yes: 'Copied', failed: 'Select it and copy by hand' } as const;

function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState<{ text: string; how: 'yes' | 'failed' }>();
  const how = copied?.text === text ? copied.how : 'no';
  const copy = async (): Promise<void> => setCopied({ text, how: (await copyText(text)) ? 'yes' : 'failed' });
  return (
    <Button
      className="button"
      onPress={() => void copy()}
      aria-label={how === 'no' ? `Copy: ${what}` : SAID[how]}
    >
      <span aria-live="polite">{SAID[how]}</span>
    </Button>
  );
}
