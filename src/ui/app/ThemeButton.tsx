import { useLens } from '../../state/index.ts';
import { ActionButton } from './ActionButton.tsx';
import styles from './shell.module.css';

const NAMES = { system: 'as the system', light: 'light', dark: 'dark' } as const;

/** Goes round: as the system, light, dark. */
export function ThemeButton() {
  const theme = useLens((state) => state.view.theme);
  return (
    <ActionButton id="theme" className={styles.round} label={`Colours: ${NAMES[theme]}`}>
      <svg viewBox="0 0 20 20" width="1.05em" height="1.05em" aria-hidden="true">
        <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" strokeWidth="1.6" />
        {theme === 'system' && <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" />}
        {theme === 'dark' && <circle cx="10" cy="10" r="7" fill="currentColor" />}
      </svg>
    </ActionButton>
  );
}
