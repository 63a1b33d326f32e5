import { useMemo } from 'react';
import { actingNeurons, loadedValue, useLens } from '../../state/index.ts';
import { actingSheet } from '../../state/tables/imageTables.ts';
import page from '../app/page.module.css';
import { signed } from '../charts/format.ts';
import { Panel } from '../panel/Panel.tsx';
import styles from './image.module.css';
import { NeuronRow } from './NeuronRow.tsx';
import { OffToggle } from './OffToggle.tsx';

const LISTED = 8;

/** The neurons that move this picture's answer most, and the blocks they are of. */
export function ActingPanel() {
  const picture = useLens((state) => state.picture);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the blocks' thresholds were read with the picture
  const neurons = useMemo(() => actingNeurons(useLens.getState(), LISTED), [picture]);
  const blocks = loadedValue(picture)?.reading.blocks ?? [];
  return (
    <Panel
      title="Its most active neurons"
      explain="secondOrder"
      className={styles.panel}
      figure={blocks.length > 0}
      table={blocks.length > 0 ? (of) => actingSheet(of, neurons) : undefined}
    >
      {blocks.length === 0 && (
        <p className={page.soft}>
          No block has been analysed with this model and these pictures yet. Analyse one on its page, and its
          neurons act here.
        </p>
      )}
      {blocks.length > 0 && (
        <>
          <ul className={styles.acting}>
            {neurons.map(({ block, neuron, activation, significant }) => (
              <NeuronRow key={`${block} ${neuron}`} block={block} neuron={neuron}>
                {signed(activation)}
                {significant ? '' : ' (not significant)'}
              </NeuronRow>
            ))}
          </ul>
          <h3 data-export="no">Or a block at once</h3>
          <ul className={styles.blocks} data-export="no">
            {blocks.map(({ block, significant }) => (
              <BlockRow key={block} block={block} significant={significant} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

interface BlockRowProps {
  readonly block: number;
  readonly significant: Uint8Array;
}

function BlockRow({ block, significant }: BlockRowProps) {
  const count = significant.reduce((sum, one) => sum + one, 0);
  return (
    <li>
      <span>block {block}</span>
      <OffToggle
        part={{ label: `the significant of block ${block}`, chosen: [{ block, neurons: 'significant' }] }}
        quiet
      >
        {count} significant
      </OffToggle>
      <OffToggle part={{ label: `all of block ${block}`, chosen: [{ block, neurons: 'all' }] }} quiet>
        all {significant.length}
      </OffToggle>
    </li>
  );
}
