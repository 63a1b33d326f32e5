import type { ReactNode } from 'react';
import styles from './experiments.module.css';

interface Props {
  readonly label: ReactNode;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly describedBy?: string;
  readonly onChange: (value: number) => void;
}

/** A number that is taken once it is typed whole. */
export function NumberField({ label, value, min, max, describedBy, onChange }: Props) {
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <input
        type="number"
        min={min}
        max={max}
        key={value}
        defaultValue={value}
        aria-describedby={describedBy}
        onBlur={(event) => {
          const typed = Math.round(event.target.valueAsNumber);
          if (Number.isFinite(typed)) onChange(Math.max(min, Math.min(max, typed)));
        }}
      />
    </label>
  );
}
