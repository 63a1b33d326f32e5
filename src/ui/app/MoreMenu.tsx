import type { MenuProps } from './MenuButton.tsx';
import { ActionEntries, PageEntries } from './MenuEntries.tsx';
import styles from './menu.module.css';
import { Popup } from './Popup.tsx';
import { MORE_PAGES } from './pageLinks.ts';

/** What does not stand in the bar. */
export function MoreMenu({ trigger, onClose }: MenuProps) {
  return (
    <Popup
      trigger={trigger}
      label="More"
      onClose={onClose}
      className={styles.popover}
      dialogClassName={styles.dialog}
      placement="bottom end"
    >
      <PageEntries pages={MORE_PAGES} onDone={onClose} />
      <ActionEntries
        actions={{ 'random-neuron': 'Random neuron', present: 'Present', help: 'Keys and actions' }}
        onDone={onClose}
      />
    </Popup>
  );
}
