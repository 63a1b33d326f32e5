import { type DragEvent, type ReactNode, useEffect, useState } from 'react';
import { FileButton } from './FileButton.tsx';
import { filesOfDrop } from './gatherFiles.ts';
import styles from './own.module.css';

interface Props {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children?: ReactNode;
}

/** Pictures come in by dropping, by pasting anywhere on the page, or by choosing files or a folder. */
export function DropArea({ onFiles, children }: Props) {
  const [over, setOver] = useState(false);
  usePastedFiles(onFiles);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    filesOfDrop(event.dataTransfer).then(onFiles, () => onFiles([]));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has no keyboard; the two buttons inside do the same
    <div
      className={styles.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
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

/** Pictures pasted anywhere on the page, but not text pasted into a field. */
function usePastedFiles(onFiles: (files: readonly File[]) => void): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      onFiles(files);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [onFiles]);
}
