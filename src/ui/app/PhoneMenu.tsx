import { Dialog, Heading, Modal } from 'react-aria-components';
import { BlockSwitcher } from './BlockSwitcher.tsx';
import type { MenuProps } from './MenuButton.tsx';
import { ActionEntries, PageEntries } from './MenuEntries.tsx';
import styles from './menu.module.css';
import { EXPLORE, MAIN_PAGES, MORE_PAGES } from './pageLinks.ts';
import { Veil } from './Veil.tsx';

const ACTIONS = {
  palette: 'Find a command',
  share: 'Share',
  theme: 'Colours',
  'random-neuron': 'Random neuron',
  undo: 'Undo',
  redo: 'Redo',
  present: 'Present',
  help: 'Keys and actions',
};

/** Everything of the bar that a phone has no room for, at the lower edge where the thumb is. */
export function PhoneMenu({ onClose }: MenuProps) {
  return (
    <Veil className={styles.low} onClose={onClose}>
      <Modal className={styles.sheet!}>
        <Dialog className={styles.dialog!}>
          <Heading slot="title" className="sr-only">
            Menu
          </Heading>
          <BlockSwitcher />
          <div className={styles.columns}>
            <PageEntries pages={[EXPLORE, ...MAIN_PAGES, ...MORE_PAGES]} onDone={onClose} />
            <ActionEntries actions={ACTIONS} onDone={onClose} />
          </div>
          <button type="button" className={`button ${styles.close}`} onClick={onClose}>
            Close
          </button>
        </Dialog>
      </Modal>
    </Veil>
  );
}
