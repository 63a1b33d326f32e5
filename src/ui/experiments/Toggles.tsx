import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import styles from './experiments.module.css';

interface Props {
  readonly label: string;
  readonly choices: readonly number[];
  readonly chosen: readonly number[];
  /** Ascending. */
  readonly onChange: (chosen: readonly number[]) => void;
}

/** Any of some numbers. */
export function Toggles({ label, choices, chosen, onChange }: Props) {
  return (
    <div className={styles.toggles}>
      <span aria-hidden="true">{label}</span>
      <ToggleButtonGroup
        aria-label={label}
        selectionMode="multiple"
        className={styles.toggleGroup!}
        selectedKeys={chosen}
        onSelectionChange={(keys) => onChange(choices.filter((choice) => keys.has(choice)))}
      >
        {choices.map((choice) => (
          <ToggleButton key={choice} id={choice} className={styles.toggle!}>
            {choice}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
