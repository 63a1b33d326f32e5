import { loadedValue, type NeuronAt, orderOf, overviewOf, useLens, useNeuron } from '../../state/index.ts';
import { Thumbs } from '../app/Thumbs.tsx';
import { signed } from '../charts/format.ts';
import styles from './compare.module.css';

/** Neurons offered of each kind. */
const OFFERED = 8;
const THUMB = 52;

interface Offer {
  readonly neuron: number;
  readonly note?: string;
}

/** Where to begin: the first of the list; then the relatives of the one that was chosen. */
export function Suggestions({ neurons }: { readonly neurons: readonly NeuronAt[] }) {
  const [first] = neurons;
  return first ? <Relatives of={first} /> : <FirstOfList />;
}

function FirstOfList() {
  const block = useLens((state) => state.view.block);
  const order = useLens(orderOf);
  const offers = order.slice(0, OFFERED).map((neuron) => ({ neuron }));
  return <Offers title={`First in the list of block ${block}`} block={block} offers={offers} />;
}

function Relatives({ of: { block, neuron } }: { readonly of: NeuronAt }) {
  const detail = loadedValue(useNeuron(block, neuron).detail);
  if (!detail) return null;
  const offers = (list: typeof detail.neighbours): Offer[] =>
    list
      .slice(0, OFFERED)
      .map(({ neuron: relative, cosine }) => ({ neuron: relative, note: `cos ${signed(cosine, 2)}` }));
  return (
    <div className={styles.below}>
      <Offers
        title={`Point the same way as neuron ${neuron}`}
        block={block}
        offers={offers(detail.neighbours)}
      />
      <Offers title="Point the other way" block={block} offers={offers(detail.opposites)} />
    </div>
  );
}

interface OffersProps {
  readonly title: string;
  readonly block: number;
  readonly offers: readonly Offer[];
}

function Offers({ title, block, offers }: OffersProps) {
  const previews = useLens((state) => overviewOf(state, block)?.previewImages);
  if (!previews || offers.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul className={styles.offers}>
        {offers.map(({ neuron, note }) => (
          <li key={neuron}>
            <button
              type="button"
              className={`panel ${styles.offer}`}
              aria-label={`Add neuron ${neuron} of block ${block}`}
              onClick={() => useLens.getState().addCompared({ block, neuron })}
            >
              <Thumbs images={previews.subarray(4 * neuron, 4 * neuron + 4)} size={THUMB} />
              <span>
                <strong>neuron {neuron}</strong> {note && <small>{note}</small>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
