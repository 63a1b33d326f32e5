import { useMemo } from 'react';
import {
  comparedOf,
  loadedValue,
  MOST_COMPARED,
  type NeuronAt,
  neuronPageOf,
  useLens,
} from '../../state/index.ts';
import { formOfAtoms } from '../../state/provenance.ts';
import { type ComparedNeuron, comparedSheet } from '../../state/tables/compareTables.ts';
import page from '../app/page.module.css';
import { Panel } from '../panel/Panel.tsx';
import { AddNeuron } from './AddNeuron.tsx';
import { CompareColumn } from './CompareColumn.tsx';
import styles from './compare.module.css';
import { SharedPanel } from './SharedPanel.tsx';
import { Suggestions } from './Suggestions.tsx';

/** Two to four neurons side by side, and what they have in common. */
export function ComparePage() {
  const text = useLens((state) => state.view.neurons);
  const neurons = useMemo(() => comparedOf(text), [text]);
  return (
    <div className={page.page}>
      <header className={styles.head}>
        <div>
          <h1>Neurons side by side</h1>
          <p className={page.lead}>
            {neurons.length < 2
              ? 'Choose two to four neurons. The address of this page names them, so that a link shows others the same.'
              : 'The same things of each in one row, and below them what each two have in common.'}
          </p>
        </div>
        {neurons.length < MOST_COMPARED && <AddNeuron neurons={neurons} />}
      </header>
      <div className={neurons.length === 1 ? styles.beside : styles.below}>
        {neurons.length > 0 && <Columns neurons={neurons} />}
        {neurons.length > 1 ? <SharedPanel neurons={neurons} /> : <Suggestions neurons={neurons} />}
      </div>
    </div>
  );
}

function Columns({ neurons }: { readonly neurons: readonly NeuronAt[] }) {
  const atoms = useLens((state) => state.view.atoms);
  return (
    <Panel
      title="What each does"
      plain
      table={() => comparedSheet(neurons.map(knownOf))}
      about={{ form: formOfAtoms(atoms) }}
    >
      <ol className={styles.columns} aria-label="Compared neurons" data-count={neurons.length}>
        {neurons.map((place, i) => (
          <li key={`${place.block} ${place.neuron}`} className={`panel ${styles.column}`}>
            <CompareColumn place={place} first={i === 0} last={i === neurons.length - 1} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function knownOf({ block, neuron }: NeuronAt): ComparedNeuron {
  const state = useLens.getState();
  const { terms, atoms } = state.view;
  const { measures, detail, code, chance } = neuronPageOf(state, block, neuron);
  return {
    block,
    neuron,
    measures,
    detail: loadedValue(detail),
    code: loadedValue(code(terms, atoms)),
    chance: chance(terms, atoms),
  };
}
