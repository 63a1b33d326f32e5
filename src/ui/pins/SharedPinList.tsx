import { Button } from 'react-aria-components';
import { encodeView, isPinned, type PinList, pinKey, type SharedPins, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { CompareChosen } from './CompareChosen.tsx';
import { PinRow } from './PinRow.tsx';
import styles from './pins.module.css';
import { useChosen } from './useChosen.ts';

/** A list that came with the address: somebody else's until it is kept. */
export function SharedPinList({ shared }: { readonly shared: SharedPins }) {
  const own = useLens((state) => encodeView({ ...state.view, page: 'pins', list: '' }));
  if (!shared.list) {
    return (
      <>
        <header>
          <h1>A shared list</h1>
          <p className={page.problem} role="alert">
            {shared.problem}
          </p>
        </header>
        <p>
          <a href={own}>Your own pins</a>
        </p>
      </>
    );
  }
  return <Shared list={shared.list} own={own} />;
}

function Shared({ list, own }: { readonly list: PinList; readonly own: string }) {
  const chosen = useChosen(list.pins);
  const news = useLens((state) => list.pins.filter((pin) => !isPinned(state.pins, pin)).length);
  const keep = (): void => {
    const { keepPins, setView } = useLens.getState();
    keepPins(list);
    setView({ list: '' });
  };
  return (
    <div className={styles.page}>
      <header>
        <p className="label">A list that somebody shared</p>
        <h1>{list.name || 'Pinned neurons'}</h1>
        <p className={page.lead}>
          {list.pins.length} {list.pins.length === 1 ? 'neuron' : 'neurons'}, with the notes of whoever made
          the list. It is in the link alone: nothing of yours was changed.
        </p>
      </header>
      <div className={page.buttons}>
        <Button className="button" data-main onPress={keep} isDisabled={news === 0}>
          {news === 0 ? 'You have all of these' : 'Keep these'}
        </Button>
        <CompareChosen chosen={chosen.pins} />
        <a href={own}>Your own pins</a>
      </div>
      <ol className={styles.list} aria-label="Shared pins">
        {list.pins.map((pin) => (
          <li key={pinKey(pin)} className={`panel ${styles.row}`}>
            <PinRow pin={pin} chosen={chosen.has(pin)} onChoose={(on) => chosen.choose(pin, on)} />
          </li>
        ))}
      </ol>
    </div>
  );
}
