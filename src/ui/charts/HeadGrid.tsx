import { type CSSProperties, Fragment, useState } from 'react';
import styles from './charts.module.css';
import { css, diverging, readableOn } from './colour.ts';
import { percent, signedPercent } from './format.ts';
import { useRoving } from './useRoving.ts';

/** The share each head of one block carries. */
export interface HeadRow {
  readonly block: number;
  readonly shares: readonly number[];
}

interface Props {
  readonly rows: readonly HeadRow[];
  readonly label: string;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Later blocks down, heads across; colour is the signed share. It is a table with coloured cells, so
 * its text twin is itself: every cell holds its number.
 */
export function HeadGrid({ rows, label }: Props) {
  const columns = rows[0]?.shares.length ?? 0;
  const cells = rows.flatMap((row) => row.shares.map((share, head) => ({ block: row.block, head, share })));
  const strongest = cells.reduce(
    (best, cell, i) => (Math.abs(cell.share) > Math.abs(cells[best]!.share) ? i : best),
    0,
  );
  const roving = useRoving(cells.length, columns, strongest);
  const [pointed, setPointed] = useState<number>();
  const shown = cells[pointed ?? roving.current];
  const reach = Math.max(1e-9, ...cells.map((cell) => Math.abs(cell.share)));
  return (
    <div className={styles.heads} style={{ '--rows': rows.length } as CSSProperties}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys walk its cells, which is what a grid is */}
      <table role="grid" aria-label={label} aria-readonly="true" onMouseLeave={() => setPointed(undefined)}>
        <thead>
          <tr>
            <th scope="col">block</th>
            {Array.from({ length: columns }, (_, head) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a head is its index
              <th key={head} scope="col">
                <span className="sr-only">head </span>
                {head}
              </th>
            ))}
            <th scope="col" className={styles.rowTotal}>
              all
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, rowIndex) => (
            <tr key={row.block}>
              <th scope="row">{row.block}</th>
              {row.shares.map((share, head) => {
                const index = rowIndex * columns + head;
                const paper = diverging(share / reach, 'paper');
                const ink = diverging(share / reach, 'ink');
                return (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: a head is its index
                    key={head}
                    {...roving.item(index)}
                    onMouseEnter={() => setPointed(index)}
                    style={{
                      background: `light-dark(${css(paper)}, ${css(ink)})`,
                      color: `light-dark(${readableOn(paper)}, ${readableOn(ink)})`,
                    }}
                  >
                    <span data-faint={Math.abs(share) < 0.005 || undefined}>
                      {signedPercent(share, 0).replace('%', '')}
                    </span>
                  </td>
                );
              })}
              <td className={styles.rowTotal}>{signedPercent(sum(row.shares), 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.readout} aria-live="off">
        {shown && (
          <Fragment>
            Block {shown.block}, head {shown.head} carries <strong>{signedPercent(shown.share)}</strong> of
            this neuron's effect
            {pointed === undefined && roving.current === strongest ? ', the largest share' : ''}. Its block
            carries {percent(sum(rows.find((row) => row.block === shown.block)!.shares))}.
          </Fragment>
        )}
      </p>
    </div>
  );
}
