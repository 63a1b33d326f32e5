import styles from './own.module.css';

export interface RefusedFile {
  readonly name: string;
  readonly reason: string;
}

/** Files that were left out, each with its reason; the rest went on without them. */
export function RefusedList({ files }: { readonly files: readonly RefusedFile[] }) {
  if (files.length === 0) return null;
  return (
    <details className={styles.refused} open={files.length <= 8}>
      <summary>
        {files.length} {files.length === 1 ? 'file was' : 'files were'} left out
      </summary>
      <ul>
        {files.map((file) => (
          <li key={`${file.name} ${file.reason}`}>
            <strong>{file.name}</strong> {file.reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
