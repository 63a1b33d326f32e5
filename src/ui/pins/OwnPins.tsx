import { useState } from 'react';
import { Button } from 'react-aria-components';
import { LONGEST_LIST_NAME, MOST_PINS, type PinList, pinFile, pinKey, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { FileButton } from '../own/FileButton.tsx';
import { useDrop } from '../own/useDrop.ts';
import { saveFile } from '../panel/saveFile.ts';
import { CompareChosen } from './CompareChosen.tsx';
import { CopyList } from './CopyList.tsx';
import { PinRow } from './PinRow.tsx';
import styles from './pins.module.css';
import { useChosen } from './useChosen.ts';

/** A person's own pins: to annotate, order, compare, and give to others. */
export function OwnPins() {
  const list = useLens((state) => state.pins);
  const problem = useLens((state) => state.pinsProblem);
  const chosen = useChosen(list.pins);
  const { namePins, openPinFile, clearPins } = useLens.getState();
  const open = ([file]: readonly File[]): void => void (file && openPinFile(file));
  const { over, handlers } = useDrop(open);
  return (
    <div className={styles.page} data-over={over || undefined} {...handlers}>
      <header>
        <h1>Pinned neurons</h1>
        <p className={page.lead}>
          Set neurons aside with the pin beside their name, and write down what you saw. The list is kept in
          this browser; it reaches others only by a link or a file that you give them.
        </p>
        {problem && (
          <p className={page.problem} role="alert">
            {problem}
          </p>
        )}
      </header>
      <Undo />
      {list.pins.length > 0 && (
        <>
          <div className={styles.tools}>
            <label className={styles.name}>
              Name of the list
              <input
                className={page.input}
                value={list.name}
                maxLength={LONGEST_LIST_NAME}
                placeholder="Neurons worth a look"
                onChange={(event) => namePins(event.target.value)}
              />
            </label>
            <div className={page.buttons}>
              <CompareChosen chosen={chosen.pins} />
              <CopyList list={list} />
              <SaveList list={list} />
            </div>
          </div>
          <ol className={styles.list} aria-label="Your pins">
            {list.pins.map((pin, i) => (
              <li key={pinKey(pin)} className={`panel ${styles.row}`}>
                <PinRow
                  pin={pin}
                  chosen={chosen.has(pin)}
                  onChoose={(on) => chosen.choose(pin, on)}
                  own={{ first: i === 0, last: i === list.pins.length - 1 }}
                />
              </li>
            ))}
          </ol>
        </>
      )}
      {list.pins.length === 0 && (
        <p className={styles.empty}>
          No pins yet. Open a neuron and press “Pin”, or open a list that you were given.
        </p>
      )}
      <div className={page.buttons}>
        <FileButton label="Open a list" accept=".json,application/json" onFiles={open} />
        {list.pins.length > 0 && (
          <Button className="button" onPress={clearPins}>
            Take all off
          </Button>
        )}
        <span className={page.soft}>
          {list.pins.length} of at most {MOST_PINS}
        </span>
      </div>
    </div>
  );
}

function SaveList({ list }: { readonly list: PinList }) {
  return (
    <Button
      className="button"
      onPress={() => saveFile(`${list.name || 'neuronlens pins'}.json`, pinFile(list), 'application/json')}
    >
      Save as a file
    </Button>
  );
}

/** Says what was taken away last, and brings it back. */
function Undo() {
  const before = useLens((state) => state.pinsBefore);
  const [dismissed, setDismissed] = useState<typeof before>();
  return (
    <div role="status">
      {before && before !== dismissed && (
        <p className={styles.undo}>
          {before.words}{' '}
          <Button className="button" onPress={() => useLens.getState().undoPins()}>
            Undo
          </Button>
          <Button className="icon" aria-label="Hide this" onPress={() => setDismissed(before)}>
            ×
          </Button>
        </p>
      )}
    </div>
  );
}
