import { Button, Dialog, Heading, Modal, ModalOverlay, Switch } from 'react-aria-components';
import { ACTIONS, type ActionPort, useLens } from '../../state/index.ts';
import styles from './help.module.css';

const GROUPS = ['Move', 'Look', 'Compute', 'Page'] as const;

interface Props {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly port: ActionPort;
}

/** All that can be done, with its key; each can be pressed here too. */
export function HelpDialog({ isOpen, onClose, port }: Props) {
  return (
    <ModalOverlay
      className={styles.veil!}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
    >
      <Modal className={styles.modal!}>
        <Dialog className={styles.dialog!}>
          <div className={styles.head}>
            <Heading slot="title">Keys and actions</Heading>
            <Button className={styles.close!} onPress={onClose} aria-label="Close">
              ×
            </Button>
          </div>
          <KeySwitch />
          <div className={styles.groups}>
            {GROUPS.map((group) => (
              <Group key={group} group={group} port={port} onDone={onClose} />
            ))}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function KeySwitch() {
  const on = useLens((state) => state.singleKeys);
  return (
    <Switch
      className={styles.switch!}
      isSelected={on}
      onChange={(value) => useLens.getState().setSingleKeys(value)}
    >
      <span className={styles.track} aria-hidden="true" />
      Single keys act (switch off if speech or another tool types for you)
    </Switch>
  );
}

interface GroupProps {
  readonly group: (typeof GROUPS)[number];
  readonly port: ActionPort;
  readonly onDone: () => void;
}

function Group({ group, port, onDone }: GroupProps) {
  const state = useLens();
  const actions = ACTIONS.filter((action) => action.group === group && !action.id.startsWith('block-'));
  return (
    <section>
      <h3 className={styles.group}>{group}</h3>
      <ul className={styles.list}>
        {actions.map((action) => (
          <li key={action.id}>
            <Button
              className={styles.action!}
              isDisabled={!action.enabled(state)}
              onPress={() => {
                if (action.id !== 'help') onDone();
                action.perform(useLens.getState(), port);
              }}
            >
              <span>{action.label}</span>
              <kbd>{action.keys[0]}</kbd>
            </Button>
          </li>
        ))}
        {group === 'Move' && (
          <li className={styles.note}>
            <span>Straight to a block</span>
            <kbd>0 … 9</kbd>
          </li>
        )}
      </ul>
    </section>
  );
}
