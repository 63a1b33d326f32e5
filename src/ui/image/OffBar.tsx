import { useLens } from '../../state/index.ts';
import styles from './image.module.css';
import { useStanding } from './useStanding.ts';

/** What is switched off, always in sight: each with the way back, and what it did to the answer. */
export function OffBar() {
  const off = useLens((state) => state.off);
  const canUndo = useLens((state) => state.offBefore.length > 0);
  const canRedo = useLens((state) => state.offUndone.length > 0);
  const { allOn, redoOff, switchOn, undoOff } = useLens.getState();
  return (
    <section
      className={styles.offBar}
      aria-label="What is switched off"
      data-any={off.length > 0 || undefined}
    >
      <Verdict />
      {off.length > 0 && (
        <ul>
          {off.map(({ label }) => (
            <li key={label}>
              <span>{label}</span>
              <button
                type="button"
                className={styles.again}
                onClick={() => switchOn(label)}
                aria-label={`Switch on again: ${label}`}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.offTools}>
        <button
          type="button"
          className={styles.toggle}
          onClick={undoOff}
          disabled={!canUndo}
          title="Ctrl/⌘ Z"
        >
          Undo
        </button>
        <button
          type="button"
          className={styles.toggle}
          onClick={redoOff}
          disabled={!canRedo}
          title="Ctrl/⌘ Shift Z"
        >
          Redo
        </button>
        <button type="button" className={styles.toggle} onClick={allOn} disabled={off.length === 0}>
          All on
        </button>
      </div>
    </section>
  );
}

/** The answer, before and after. */
function Verdict() {
  const off = useLens((state) => state.off);
  const ablated = useLens((state) => state.ablated);
  const rows = useStanding(1);
  if (ablated.status === 'failed') return <p role="alert">{ablated.message}</p>;
  if (off.length === 0) return <p role="status">Nothing is switched off.</p>;
  const before = rows[0]?.name;
  const after = [...rows].sort((a, b) => b.after - a.after)[0]?.name;
  if (!before || !after || ablated.status !== 'ready') return <p role="status">Without</p>;
  return (
    <p role="status">
      {before === after ? (
        <>
          Still <strong>{after}</strong> without
        </>
      ) : (
        <>
          {before} → <strong>{after}</strong> without
        </>
      )}
    </p>
  );
}
