import type { Measured, Series } from '../../state/index.ts';
import styles from './experiments.module.css';

interface Props {
  readonly caption: string;
  readonly series: readonly Series[];
  /** A row that is the same for every block, before the others. */
  readonly first?: Measured & { readonly label: string };
  readonly print: (value: number) => string;
  /** One decimal unless told. */
  readonly printError?: (error: number) => string;
}

const inTenths = (error: number): string => error.toFixed(1);

/** The numbers of a chart: a row a line, a column a block. */
export function SeriesTable({ caption, series, first, print, printError = inTenths }: Props) {
  const blocks = [...new Set(series.flatMap(({ points }) => points.map(({ block }) => block)))].sort(
    (a, b) => a - b,
  );
  const cell = ({ value, error }: Measured): string =>
    error === undefined ? print(value) : `${print(value)} ± ${printError(error)}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so for the keyboard too
    <section className={styles.tableFrame} aria-label={caption} tabIndex={0}>
      <table className={styles.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">block</th>
            {blocks.map((block) => (
              <th key={block} scope="col">
                {block}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first && (
            <tr>
              <th scope="row">{first.label}</th>
              {blocks.map((block) => (
                <td key={block}>{cell(first)}</td>
              ))}
            </tr>
          )}
          {series.map(({ id, label, points }) => (
            <tr key={id}>
              <th scope="row">{label}</th>
              {blocks.map((block) => {
                const point = points.find((other) => other.block === block);
                return <td key={block}>{point ? cell(point) : ''}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
