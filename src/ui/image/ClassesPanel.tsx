import { useId, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { classStanding, loadedValue, useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { number, signed } from '../charts/format.ts';
import styles from './image.module.css';

const SHOWN = 6;

/** What the model takes the picture for, and what it would without what is switched off. */
export function ClassesPanel() {
  const vectors = useLens((state) => state.classVectors);
  const off = useLens((state) => state.off);
  const ablated = useLens((state) => state.ablated);
  const image = useLens((state) => state.view.image);
  const truth = useLens(useShallow((state) => loadedValue(state.pictures)?.labels(Number(image)) ?? []));
  const rows = useStanding();
  const largest = Math.max(...rows.map(({ before, after }) => Math.max(before, after)), 1);
  const smallest = Math.min(...rows.map(({ before, after }) => Math.min(before, after)), largest - 1);
  const width = (value: number): string => `${(100 * (value - smallest + 1)) / (largest - smallest + 1)}%`;
  return (
    <section className={styles.panel} aria-labelledby="classes-title">
      <h2 id="classes-title">
        <Explain id="zeroShot">What the model takes it for</Explain>
      </h2>
      <ClassNames />
      {vectors.status === 'failed' && <p className={styles.problem}>{vectors.message}</p>}
      {vectors.status === 'loading' && <p role="status">The model reads the names …</p>}
      {ablated.status === 'failed' && <p className={styles.problem}>{ablated.message}</p>}
      {rows.length > 0 && (
        <table className={styles.classes}>
          <thead>
            <tr>
              <th scope="col">class</th>
              <th scope="col">score</th>
              {off.length > 0 && <th scope="col">without</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, before, after }) => (
              <tr key={name} data-true={truth.includes(name) || undefined}>
                <th scope="row">
                  {name}
                  {truth.includes(name) && <span className={styles.true}> (true)</span>}
                  <span className={styles.bar} style={{ inlineSize: width(before) }} aria-hidden="true" />
                  {off.length > 0 && (
                    <span
                      className={styles.bar}
                      data-after
                      style={{ inlineSize: width(after) }}
                      aria-hidden="true"
                    />
                  )}
                </th>
                <td>{number(before)}</td>
                {off.length > 0 && (
                  <td>
                    {number(after)} <small>{signed(after - before, 2)}</small>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <OffList />
    </section>
  );
}

function useStanding() {
  const picture = useLens((state) => state.picture);
  const classes = useLens((state) => state.classes);
  const classVectors = useLens((state) => state.classVectors);
  const ablated = useLens((state) => state.ablated);
  return useMemo(
    () => classStanding({ picture, classes, classVectors, ablated }, SHOWN),
    [picture, classes, classVectors, ablated],
  );
}

function ClassNames() {
  const classes = useLens((state) => state.classes);
  const [text, setText] = useState<string>();
  const id = useId();
  const { setClasses } = useLens.getState();
  return (
    <details className={styles.names}>
      <summary>{classes.length > 0 ? `among ${classes.length} classes` : 'Name the classes'}</summary>
      <label htmlFor={id}>One class a line, as it stands in a sentence: “a cat”</label>
      <textarea
        id={id}
        rows={5}
        value={text ?? classes.join('\n')}
        onChange={(event) => setText(event.target.value)}
        spellCheck={false}
      />
      <button
        type="button"
        className="button"
        disabled={text === undefined}
        onClick={() => {
          setClasses((text ?? '').split('\n'));
          setText(undefined);
        }}
      >
        Use these
      </button>
    </details>
  );
}

/** What is switched off, each with the way back. */
function OffList() {
  const off = useLens((state) => state.off);
  const { allOn, switchOn, undoOff } = useLens.getState();
  if (off.length === 0)
    return <p className={styles.soft}>Nothing is switched off. Switch neurons off below and watch.</p>;
  return (
    <div className={styles.off}>
      <h3>Switched off</h3>
      <ul>
        {off.map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same part may be switched off twice
          <li key={i}>
            {part.label}{' '}
            <button
              type="button"
              onClick={() => switchOn(part)}
              aria-label={`Switch on again: ${part.label}`}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={undoOff}>
          Undo
        </button>
        <button type="button" className="button" onClick={allOn}>
          All on
        </button>
      </div>
    </div>
  );
}
