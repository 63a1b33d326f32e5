import { type ChangeEvent, useState } from 'react';
import { useLens } from '../../state/index.ts';
import { embedAddress, embedSnippet } from '../../state/share.ts';
import { THEMES, type Theme, type View } from '../../state/view.ts';
import { CopyField } from './CopyField.tsx';
import { EmbedPreview } from './EmbedPreview.tsx';
import styles from './share.module.css';

/** Sizes in CSS pixels that a frame may have. */
const LEAST = { width: 320, height: 240 };
const MOST = 4000;

const THEME_NAMES: Readonly<Record<Theme, string>> = {
  system: 'as the system',
  light: 'light',
  dark: 'dark',
};

/** What of the view can stand in the frame. */
const SHOWN = {
  view: 'this view',
  block: 'the whole block',
} as const;
type Shown = keyof typeof SHOWN;

/** HTML for another page, and how it will look there. */
export function EmbedPart() {
  const view = useLens((state) => state.view);
  const [width, setWidth] = useState(800);
  const [height, setHeight] = useState(600);
  const [theme, setTheme] = useState<Theme>(view.theme);
  const [shown, setShown] = useState<Shown>('view');
  const framed: View = shown === 'block' ? { ...view, page: 'block' } : view;
  const title = `neuronlens: ${document.title.replace(/ · neuronlens$/, '')}`;
  const size = { width: within(width, LEAST.width), height: within(height, LEAST.height), theme, title };
  const snippet = embedSnippet(framed, location.href, size);
  return (
    <div className={styles.part}>
      <div className={styles.controls}>
        <Choice
          label="What to show"
          names={SHOWN}
          value={shown}
          onChange={setShown}
          keys={view.page === 'block' ? ['view'] : ['view', 'block']}
        />
        <Size label="Width" least={LEAST.width} value={width} onChange={setWidth} />
        <Size label="Height" least={LEAST.height} value={height} onChange={setHeight} />
        <Choice label="Colours" names={THEME_NAMES} value={theme} onChange={setTheme} keys={THEMES} />
      </div>
      <CopyField label="HTML for your page" text={snippet} rows={5} />
      <EmbedPreview
        address={embedAddress(framed, location.href, theme)}
        width={size.width}
        height={size.height}
        title={title}
      />
    </div>
  );
}

const within = (pixels: number, least: number): number =>
  Number.isFinite(pixels) ? Math.max(least, Math.min(MOST, Math.round(pixels))) : least;

interface SizeProps {
  readonly label: string;
  readonly least: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Size({ label, least, value, onChange }: SizeProps) {
  return (
    <label className={styles.control}>
      {label} (pixels)
      <input
        className={styles.number}
        type="number"
        min={least}
        max={MOST}
        step={10}
        value={Number.isFinite(value) ? value : ''}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
    </label>
  );
}

interface ChoiceProps<K extends string> {
  readonly label: string;
  readonly names: Readonly<Record<K, string>>;
  readonly keys: readonly K[];
  readonly value: K;
  readonly onChange: (value: K) => void;
}

function Choice<K extends string>({ label, names, keys, value, onChange }: ChoiceProps<K>) {
  const change = (event: ChangeEvent<HTMLSelectElement>): void => onChange(event.target.value as K);
  return (
    <label className={styles.control}>
      {label}
      <select className={styles.select} value={value} onChange={change}>
        {keys.map((key) => (
          <option key={key} value={key}>
            {names[key]}
          </option>
        ))}
      </select>
    </label>
  );
}
