import type { ReactNode } from 'react';
import { FileButton } from './FileButton.tsx';
import styles from './own.module.css';
import { useDrop } from './useDrop.ts';
import { usePastedFiles } from './usePastedFiles.ts';

interface Props {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children?: ReactNode;
}

/** Pictures come in by dropping, by pasting anywhere on the page, or by choosing files or a folder. */
export function DropArea({ onFiles, children }: Props) {
  const { over, handlers } = useDrop(onFiles);
  usePastedFiles(onFiles);
  return (
    <div className={styles.drop} data-over={over || undefined} {...handlers}>
      <p className={styles.dropTitle}>Drop pictures here, or a folder of them</p>
      <div className={styles.choose}>
        <FileButton label="Choose pictures" accept="image/*" onFiles={onFiles} />
        <FileButton label="Choose a folder" folder onFiles={onFiles} />
        <span>or paste with Ctrl/⌘ V</span>
      </div>
      <p className={styles.private}>
        <strong>Your pictures never leave this machine.</strong> They are opened and measured in this browser
        tab; nothing is uploaded, and closing the tab forgets them.
      </p>
      {children}
    </div>
  );
}
