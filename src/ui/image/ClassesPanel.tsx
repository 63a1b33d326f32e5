import { type ClassScore, useLens } from '../../state/index.ts';
import { classesSheet } from '../../state/tables/imageTables.ts';
import page from '../app/page.module.css';
import { number, percent, signed } from '../charts/format.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import { Panel } from '../panel/Panel.tsx';
import { ClassEditor } from './ClassEditor.tsx';
import styles from './image.module.css';
import { useLabels } from './useAgreement.ts';
import { offLabels, standingOf, useStanding } from './useStanding.ts';

const SHOWN = 6;

/** What the model takes the picture for, and what it would without what is switched off. */
export function ClassesPanel() {
  const vectors = useLens((state) => state.classVectors);
  const progress = useLens((state) => state.readingClasses);
  const off = useLens((state) => state.off.length > 0 && state.ablated.status === 'ready');
  const rows = useStanding(SHOWN);
  return (
    <Panel
      title="What the model takes it for"
      explain="zeroShot"
      className={styles.panel}
      figure={rows.length > 0}
      table={rows.length > 0 ? sheetOfClasses : undefined}
    >
      <ClassEditor />
      {vectors.status === 'failed' && (
        <p role="alert" className={page.problem}>
          {vectors.message}{' '}
          <button type="button" className="link" onClick={() => void useLens.getState().ensureClasses()}>
            Try again
          </button>
        </p>
      )}
      {vectors.status === 'loading' && <JobProgress progress={progress} />}
      {rows.length > 0 && <ClassTable rows={rows} off={off} />}
    </Panel>
  );
}

/** All classes, not only those on the page. */
const sheetOfClasses = (of: string) =>
  classesSheet(of, standingOf(useLens.getState(), Number.POSITIVE_INFINITY), offLabels());

interface TableProps {
  readonly rows: readonly ClassScore[];
  /** Whether something is taken away, so that there is an after. */
  readonly off: boolean;
}

/** Classes with their probabilities as bars and their scores in numbers, before and after. */
export function ClassTable({ rows, off }: TableProps) {
  const labels = useLabels();
  return (
    <table className={styles.classes}>
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col">share</th>
          <th scope="col">score</th>
          {off && <th scope="col">without</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, before, after, shareBefore, shareAfter }) => (
          <tr key={name} data-true={labels.includes(name) || undefined}>
            <th scope="row">
              {name}
              {labels.includes(name) && <span className={styles.true}> (true)</span>}
              <Bar share={shareBefore} />
              {off && <Bar share={shareAfter} after />}
            </th>
            <td>{percent(off ? shareAfter : shareBefore, 0)}</td>
            <td>{number(before)}</td>
            {off && (
              <td>
                {number(after)} <small data-sign={signOf(after - before)}>{signed(after - before, 2)}</small>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ share, after }: { readonly share: number; readonly after?: boolean }) {
  return (
    <span
      className={styles.bar}
      data-after={after}
      style={{ inlineSize: `${100 * share}%` }}
      aria-hidden="true"
    />
  );
}

/** A change that rounds to nothing has no colour. */
const signOf = (change: number): 'negative' | 'positive' | undefined => {
  if (Math.abs(change) < 0.005) return undefined;
  return change < 0 ? 'negative' : 'positive';
};
