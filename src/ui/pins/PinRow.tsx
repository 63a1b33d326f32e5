import { useEffect } from 'react';
import { directionsOf } from '../../state/directions.ts';
import {
  encodeView,
  LONGEST_NOTE,
  overviewOf,
  type Pin,
  pinView,
  shippedModel,
  shippedSet,
  useLens,
} from '../../state/index.ts';
import { OrderButtons } from '../app/OrderButtons.tsx';
import { Thumbs } from '../app/Thumbs.tsx';
import styles from './pins.module.css';

interface Props {
  readonly pin: Pin;
  /** Whether it is ticked to be compared. */
  readonly chosen: boolean;
  readonly onChoose: (chosen: boolean) => void;
  /** Where it stands among one's own; somebody else's can only be looked at. */
  readonly own?: { readonly first: boolean; readonly last: boolean };
}

const THUMB = 52;

/** One pinned neuron: its strongest pictures, its name, and what was noted. */
export function PinRow({ pin, chosen, onChoose, own }: Props) {
  const { block, neuron } = pin;
  const href = useLens((state) => encodeView(pinView(state.view, pin)));
  const given = useLens((state) => isInView(state.view, pin) && directionsOf(state) !== undefined);
  const name = given ? `Direction ${neuron}` : `Block ${block} · neuron ${neuron}`;
  const { notePin, movePin, togglePin } = useLens.getState();
  return (
    <>
      <label className={styles.choose}>
        <input type="checkbox" checked={chosen} onChange={(event) => onChoose(event.target.checked)} />
        <span className="sr-only">Choose {name} to compare</span>
      </label>
      <Previews pin={pin} />
      <div className={styles.what}>
        <h2>
          <a href={href}>{name}</a>
        </h2>
        <Analysis pin={pin} />
      </div>
      {own ? (
        <textarea
          className={styles.note}
          aria-label={`Note on ${name}`}
          rows={2}
          maxLength={LONGEST_NOTE}
          value={pin.note}
          placeholder="What did you see?"
          onChange={(event) => notePin(pin, event.target.value)}
        />
      ) : (
        <p className={styles.note}>{pin.note}</p>
      )}
      {own && (
        <div className={styles.order}>
          <OrderButtons
            {...own}
            name={name}
            of="rows"
            onMove={(by) => movePin(pin, by)}
            away="off"
            onRemove={() => togglePin(pin)}
          />
        </div>
      )}
    </>
  );
}

const isInView = (view: Pick<Pin, 'model' | 'set' | 'pack'>, pin: Pin): boolean =>
  view.model === pin.model && view.set === pin.set && view.pack === pin.pack;

/** Its strongest pictures, of the analysis in view; of others nothing is loaded for a list. */
function Previews({ pin }: { readonly pin: Pin }) {
  const { block, neuron } = pin;
  const here = useLens((state) => isInView(state.view, pin) && state.subject.status === 'ready');
  const known = useLens((state) => (here ? overviewOf(state, block)?.previewImages : undefined));
  useEffect(() => {
    if (here) void useLens.getState().ensureOverview(block);
  }, [here, block]);
  if (!here) return <span className={styles.thumbs} />;
  const images = known?.subarray(4 * neuron, 4 * neuron + 4) ?? [-1, -1, -1, -1];
  return (
    <span className={styles.thumbs}>
      <Thumbs images={images} size={THUMB} />
    </span>
  );
}

/** Of which analysis it is, where that is another than the one in view. */
function Analysis({ pin }: { readonly pin: Pin }) {
  const here = useLens((state) => isInView(state.view, pin));
  if (here) return null;
  const of = `${shippedModel(pin.model)?.title ?? pin.model} on ${shippedSet(pin.set)?.title ?? pin.set}`;
  const where = pin.pack?.startsWith('local-') ? 'from files of one machine' : pin.pack && hostOf(pin.pack);
  return <p className={styles.of}>{where ? `${of}, ${where}` : of}</p>;
}

function hostOf(address: string): string {
  try {
    return `from ${new URL(address).host}`;
  } catch {
    return 'from elsewhere';
  }
}
