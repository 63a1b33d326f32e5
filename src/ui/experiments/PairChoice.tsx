import { useId } from 'react';
import { loadedValue, useLens } from '../../state/index.ts';
import styles from './experiments.module.css';

/** Which class is to be seen and is absent, and which is depicted. */
export function PairChoice() {
  const concepts = useLens((state) => loadedValue(state.pictures)?.concepts) ?? NONE;
  const target = useLens((state) => state.view.target);
  const depicted = useLens((state) => state.view.depicted);
  const { setView } = useLens.getState();
  const list = useId();
  const any = (): string => concepts[Math.floor(Math.random() * concepts.length)] ?? '';
  return (
    <>
      <datalist id={list}>
        {concepts.map((concept) => (
          <option key={concept} value={concept} />
        ))}
      </datalist>
      <Concept
        label="To be seen, and absent"
        value={target}
        list={list}
        among={concepts}
        onChange={(name) => setView({ target: name })}
      />
      <Concept
        label="Depicted"
        value={depicted}
        list={list}
        among={concepts}
        onChange={(name) => setView({ depicted: name })}
      />
      <button type="button" className="button" onClick={() => setView({ target: any(), depicted: any() })}>
        Any pair
      </button>
    </>
  );
}

const NONE: readonly string[] = [];

interface ConceptProps {
  readonly label: string;
  readonly value: string;
  readonly list: string;
  readonly among: readonly string[];
  readonly onChange: (name: string) => void;
}

/** A concept by its name; taken once it is one of the set's. */
function Concept({ label, value, list, among, onChange }: ConceptProps) {
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <input
        type="text"
        list={list}
        key={value}
        defaultValue={value}
        spellCheck={false}
        onChange={(event) => among.includes(event.target.value) && onChange(event.target.value)}
      />
    </label>
  );
}
