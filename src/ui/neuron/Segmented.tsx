import { Label, Radio, RadioGroup } from 'react-aria-components';
import controlsStyles from './controls.module.css';

interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface Props<Value extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** The label is heard, not seen: the choices speak for themselves. */
  readonly quiet?: boolean;
}

/** One of a few, side by side; arrow keys choose. */
export function Segmented<Value extends string>({ label, choices, value, onChange, quiet }: Props<Value>) {
  return (
    <RadioGroup
      className={controlsStyles.segmented!}
      orientation="horizontal"
      value={value}
      onChange={(chosen) => onChange(chosen as Value)}
    >
      <Label className={quiet ? 'sr-only' : controlsStyles.segmentedLabel!}>{label}</Label>
      <div className={controlsStyles.segments}>
        {choices.map((choice) => (
          <Radio key={choice.value} value={choice.value} className={controlsStyles.segment!}>
            {choice.label}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
