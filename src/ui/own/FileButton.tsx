import { type ChangeEvent, useEffect, useRef } from 'react';
import styles from './own.module.css';

interface FileButtonProps {
  readonly label: string;
  /** Takes a whole folder instead of files. */
  readonly folder?: boolean;
  /** Which files the system's dialog offers. */
  readonly accept?: string;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A button that opens the system's dialog for files. */
export function FileButton({ label, folder, accept, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const chosen = (event: ChangeEvent<HTMLInputElement>): void => {
    onFiles([...(event.target.files ?? [])]);
    event.target.value = ''; // so that choosing the same file again is a change
  };
  useEffect(() => {
    // React knows no webkitdirectory attribute; browsers do.
    if (input.current) input.current.webkitdirectory = folder ?? false;
  }, [folder]);
  return (
    <label className={`button ${styles.file}`}>
      {label}
      <input
        ref={input}
        type="file"
        multiple
        className="sr-only"
        onChange={chosen}
        accept={folder ? undefined : accept}
      />
    </label>
  );
}
