import { type FormEvent, useId, useState } from 'react';
import {
  blocksOf,
  isCompared,
  loadedValue,
  type NeuronAt,
  neuronsOf,
  type Pin,
  pinPlace,
  useLens,
} from '../../state/index.ts';
import page from '../app/page.module.css';
import styles from './compare.module.css';

/** Puts one more neuron beside the others: by its number, or one that was pinned. */
export function AddNeuron({ neurons }: { readonly neurons: readonly NeuronAt[] }) {
  const subject = useLens((state) => loadedValue(state.subject));
  const [block, setBlock] = useState<number>();
  const [typed, setTyped] = useState('');
  const id = useId();
  if (!subject) return null;
  const blocks = blocksOf(subject);
  const chosen = block ?? neurons.at(-1)?.block ?? blocks[0] ?? 0;
  const last = neuronsOf(subject, chosen) - 1;
  const neuron = /^\d+$/.test(typed) ? Number(typed) : undefined;
  const fits = neuron !== undefined && neuron <= last;
  const add = (event: FormEvent): void => {
    event.preventDefault();
    if (!fits) return;
    const { addCompared, notify, view } = useLens.getState();
    const place = { block: chosen, neuron };
    if (isCompared(view.neurons, place))
      notify('info', `Neuron ${neuron} of block ${chosen} is there already.`);
    else addCompared(place);
    setTyped('');
  };
  return (
    <form className={styles.add} onSubmit={add} aria-label="Add a neuron">
      {blocks.length > 1 && (
        <label htmlFor={`${id}-block`}>
          Block
          <select
            id={`${id}-block`}
            className={page.input}
            value={chosen}
            onChange={(event) => setBlock(Number(event.target.value))}
          >
            {blocks.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        </label>
      )}
      <label htmlFor={`${id}-neuron`}>
        Neuron
        <input
          id={`${id}-neuron`}
          className={page.input}
          inputMode="numeric"
          autoComplete="off"
          size={6}
          value={typed}
          placeholder={`0–${last}`}
          onChange={(event) => setTyped(event.target.value.trim())}
        />
      </label>
      <FromPins
        neurons={neurons}
        block={chosen}
        neuron={neuron}
        onChoose={(pin) => {
          setBlock(pin.block);
          setTyped(String(pin.neuron));
        }}
      />
      <button type="submit" className="button" disabled={!fits}>
        Add
      </button>
    </form>
  );
}

interface FromPinsProps {
  readonly neurons: readonly NeuronAt[];
  /** What stands in the fields. */
  readonly block: number;
  readonly neuron: number | undefined;
  readonly onChoose: (pin: Pin) => void;
}

/**
 * The pins of this analysis that are not yet beside the others. To choose one is not yet to add it: arrow keys go
 * through a list by choosing one after another.
 */
function FromPins({ neurons, block, neuron, onChoose }: FromPinsProps) {
  const view = useLens((state) => state.view);
  const pins = useLens((state) => state.pins.pins);
  const here = pinPlace(view, 0, 0);
  const isHere = (pin: Pin): boolean =>
    pin.model === here.model && pin.set === here.set && pin.pack === here.pack;
  const open = pins.filter(
    (pin) =>
      isHere(pin) && !neurons.some((place) => place.block === pin.block && place.neuron === pin.neuron),
  );
  if (open.length === 0) return null;
  return (
    <label>
      or a pinned one
      <select
        className={page.input}
        value={open.findIndex((pin) => pin.block === block && pin.neuron === neuron)}
        onChange={(event) => {
          const pin = open[Number(event.target.value)];
          if (pin) onChoose(pin);
        }}
      >
        <option value={-1}>choose …</option>
        {open.map((pin, i) => (
          <option key={`${pin.block} ${pin.neuron}`} value={i}>
            {`${pin.block} · ${pin.neuron}${pin.note ? `: ${pin.note.slice(0, 40)}` : ''}`}
          </option>
        ))}
      </select>
    </label>
  );
}
