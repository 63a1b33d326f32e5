import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import {
  type Compared,
  cosineByChance,
  loadedValue,
  type NeuronAt,
  neuronKey,
  neuronPageOf,
  type Pair,
  pairsOf,
  useLens,
} from '../../state/index.ts';
import { pairsSheet } from '../../state/tables/compareTables.ts';
import { Explain } from '../app/Explain.tsx';
import { Thumbs } from '../app/Thumbs.tsx';
import { count, number, signed } from '../charts/format.ts';
import { Pending } from '../neuron/Pending.tsx';
import { Panel } from '../panel/Panel.tsx';
import styles from './compare.module.css';

/** Pictures of both that are shown; the number says how many there are. */
const PICTURES = 10;
const THUMB = 48;

/** What each two of the neurons have in common, beside what two random ones would. */
export function SharedPanel({ neurons }: { readonly neurons: readonly NeuronAt[] }) {
  const compared = useCompared(neurons);
  const failure = useLens((state) =>
    neurons
      .map(({ block, neuron }) => state.directions.get(neuronKey(state, block, neuron)))
      .find((direction) => direction?.status === 'failed'),
  );
  const subject = useLens((state) => loadedValue(state.subject));
  const dim = subject?.model.config.dim ?? 0;
  const pairs = useMemo(() => pairsOf(compared, subject?.set.count ?? 0), [compared, subject]);
  return (
    <Panel
      title="What they have in common"
      className={styles.shared}
      table={() => pairsSheet(pairs, cosineByChance(dim))}
    >
      {failure && (
        <Pending
          loadable={failure}
          what="all directions"
          onRetry={() => useLens.getState().loadDirections(true)}
        >
          {() => null}
        </Pending>
      )}
      <ul className={styles.pairs}>
        {pairs.map((pair) => (
          <li key={pairKey(pair)}>
            <PairFacts pair={pair} dim={dim} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const pairKey = ({ a, b }: Pair): string => `${a.block} ${a.neuron} ${b.block} ${b.neuron}`;

/** What is known of the neurons by now; the same array while nothing in it has changed. */
function useCompared(neurons: readonly NeuronAt[]): readonly Compared[] {
  const pages = useLens(
    useShallow((state) => neurons.map(({ block, neuron }) => neuronPageOf(state, block, neuron))),
  );
  const directions = useLens(
    useShallow((state) =>
      neurons.map(({ block, neuron }) => loadedValue(state.directions.get(neuronKey(state, block, neuron)))),
    ),
  );
  const terms = useLens((state) => state.view.terms);
  const atoms = useLens((state) => state.view.atoms);
  return useMemo(
    () =>
      pages.map((page, i) => ({
        place: { block: page.block, neuron: page.neuron },
        direction: directions[i],
        code: loadedValue(page.code(terms, atoms)),
        detail: loadedValue(page.detail),
      })),
    [pages, directions, terms, atoms],
  );
}

const nameOf = ({ block, neuron }: NeuronAt): string => `${block} · ${neuron}`;

function PairFacts({ pair, dim }: { readonly pair: Pair; readonly dim: number }) {
  const { a, b, cosine, words, pictures, of, byChance } = pair;
  return (
    <>
      <h3>
        {nameOf(a)} <span className={styles.and}>and</span> {nameOf(b)}
      </h3>
      <dl className={styles.facts}>
        <div>
          <dt>
            <Explain id="cosine">Directions</Explain>
          </dt>
          <dd>
            <strong>{cosine === undefined ? '…' : `cos ${signed(cosine, 2)}`}</strong>
            {dim > 0 && <small>two random ones: about ±{number(cosineByChance(dim), 2)}</small>}
          </dd>
        </div>
        <div>
          <dt>Words of both</dt>
          <dd>
            {words === undefined ? (
              '…'
            ) : words.length === 0 ? (
              'none'
            ) : (
              <ul className={styles.words}>
                {words.map(({ text, agrees }) => (
                  <li key={text}>
                    {text}
                    {!agrees && <small> (opposite signs)</small>}
                  </li>
                ))}
              </ul>
            )}
          </dd>
        </div>
        <div>
          <dt>Strongest pictures of both</dt>
          <dd>
            <strong>{pictures === undefined ? '…' : `${count(pictures.length)} of ${count(of)}`}</strong>
            {pictures && <small>two random choices: about {number(byChance, 1)}</small>}
            {pictures && pictures.length > 0 && (
              <span className={styles.thumbs}>
                {pictures.slice(0, PICTURES).map((image) => (
                  <Thumbs key={image} images={[image]} size={THUMB} />
                ))}
              </span>
            )}
          </dd>
        </div>
      </dl>
    </>
  );
}
