import { Button, Dialog, Heading, Modal, Switch } from 'react-aria-components';
import { ACTIONS, type ActionPort, type HelpRow, helpGroups, useLens } from '../../state/index.ts';
import styles from './help.module.css';
import { keyWords } from './keyWords.ts';
import { Veil } from './Veil.tsx';

interface Props {
  readonly onClose: () => void;
  readonly port: ActionPort;
}

/** All that can be done, with its keys; each can be pressed here too. */
export function HelpDialog({ onClose, port }: Props) {
  return (
    <Veil onClose={onClose}>
      <Modal className={styles.modal!}>
        <Dialog className={styles.dialog!}>
          <div className={styles.head}>
            <Heading slot="title">Keys and actions</Heading>
            <Button className={`icon ${styles.close}`} onPress={onClose} aria-label="Close">
              ×
            </Button>
          </div>
          <KeySwitch />
          <div className={styles.groups}>
            {helpGroups(ACTIONS).map(({ group, rows }) => (
              <section key={group}>
                <h3 className={styles.group}>{group}</h3>
                <ul className={styles.list}>
                  {rows.map((row) => (
                    <li key={row.label}>
                      <Row row={row} port={port} onDone={onClose} />
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        </Dialog>
      </Modal>
    </Veil>
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

interface RowProps {
  readonly row: HelpRow;
  readonly port: ActionPort;
  readonly onDone: () => void;
}

function Row({ row, port, onDone }: RowProps) {
  const [action, ...others] = row.actions;
  const possible = useLens((state) => action?.enabled(state) === true);
  if (!action || others.length > 0) {
    return (
      <p className={styles.note}>
        <span>{row.label}</span>
        <kbd>{row.keys.map((key) => keyWords(key)).join(' … ')}</kbd>
      </p>
    );
  }
  return (
    <Button
      className={styles.action!}
      isDisabled={!possible}
      onPress={() => {
        if (action.id !== 'help') onDone();
        action.perform(useLens.getState(), port);
      }}
    >
      <span>
        <span>{row.label}</span>
        {!possible && action.needs && <span className={styles.needs}>needs {action.needs}</span>}
      </span>
      <span className={styles.keys}>
        {row.keys.map((key) => (
          <kbd key={key}>{keyWords(key)}</kbd>
        ))}
      </span>
    </Button>
  );
}
