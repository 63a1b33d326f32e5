import { useState } from 'react';
import {
  Autocomplete,
  Button,
  Dialog,
  Header,
  Heading,
  Input,
  Keyboard,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  Text,
  TextField,
} from 'react-aria-components';
import {
  type Action,
  type ActionPort,
  LONGEST_QUERY,
  type PaletteRow,
  paletteSections,
  useLens,
} from '../../state/index.ts';
import { keyWords } from '../app/keyWords.ts';
import { Veil } from '../app/Veil.tsx';
import styles from './palette.module.css';

interface Props {
  readonly port: ActionPort;
  readonly onClose: () => void;
}

/** Everything that can be done, found by its name: the actions of src/state/actions and nothing else. */
export function Palette({ port, onClose }: Props) {
  const perform = (action: Action): void => {
    onClose();
    if (action.keys.length > 0) useLens.getState().noteAction(action.id);
    // Once the dialog is gone and has given the focus back, so that an action may put it elsewhere.
    setTimeout(() => action.perform(useLens.getState(), port), FOCUS_RETURNS_MS);
  };
  return (
    <Veil className={styles.high} onClose={onClose}>
      <Modal className={styles.modal!}>
        <Dialog className={styles.dialog!}>
          <Heading slot="title" className="sr-only">
            Find a command
          </Heading>
          <Commands onPerform={perform} />
          <Button slot="close" className={styles.close!}>
            Close
          </Button>
        </Dialog>
      </Modal>
    </Veil>
  );
}

/** A closing dialog gives the focus back in the next frame. */
const FOCUS_RETURNS_MS = 50;

function Commands({ onPerform }: { readonly onPerform: (action: Action) => void }) {
  const [text, setText] = useState('');
  const sections = paletteSections(text, useLens());
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <TextField className={styles.field!} aria-label="Command, neuron number or words" autoFocus>
        <Input
          className={styles.input!}
          placeholder="A command, neuron 123, or words to search for"
          maxLength={LONGEST_QUERY}
        />
      </TextField>
      <Menu className={styles.menu!} aria-label="Commands">
        {sections.map(({ name, rows }) => (
          <MenuSection key={name} id={name} className={styles.section!}>
            <Header className={styles.name!}>{name}</Header>
            {rows.map((row) => (
              <Row key={row.action.id} row={row} onPerform={onPerform} />
            ))}
          </MenuSection>
        ))}
      </Menu>
    </Autocomplete>
  );
}

interface RowProps {
  readonly row: PaletteRow;
  readonly onPerform: (action: Action) => void;
}

function Row({ row: { action, needs }, onPerform }: RowProps) {
  const [key] = action.keys;
  return (
    <MenuItem
      id={action.id}
      className={styles.row!}
      textValue={action.label}
      isDisabled={needs !== undefined}
      onAction={() => onPerform(action)}
    >
      <Text slot="label" className={styles.label!}>
        {action.label}
      </Text>
      {needs && (
        <Text slot="description" className={styles.needs!}>
          needs {needs}
        </Text>
      )}
      {key && <Keyboard className={styles.key!}>{keyWords(key)}</Keyboard>}
    </MenuItem>
  );
}
