import { useState } from 'react';
import styles from './chartTwin.module.css';

interface Props {
  /** What the numbers are; heard, and seen above the table. */
  readonly caption: string;
  readonly columns: readonly string[];
  /** Asked for once the table is opened. The first cell of a row is its head. */
  readonly rows: () => readonly (readonly string[])[];
}

/** A chart's numbers as a table that anybody can read, folded away until it is asked for. */
export function ChartTwin({ caption, columns, rows }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.twin} data-export="no" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so for the keyboard too
        <section className={styles.scroll} aria-label={caption} tabIndex={0}>
          <TwinTable caption={caption} columns={columns} rows={rows} />
        </section>
      )}
    </details>
  );
}

/** The table itself. */
export function TwinTable({ caption, columns, rows }: Props) {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows().map(([head, ...cells]) => (
          <tr key={head}>
            <th scope="row">{head}</th>
            {cells.map((cell, i) => (
              <td key={columns[i + 1]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
