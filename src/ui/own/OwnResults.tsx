import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import {
  encodeView,
  IDLE,
  loadedValue,
  type OwnEffects,
  type OwnPicture,
  overviewOf,
  ownKey,
  sourceOf,
  useLens,
} from '../../state/index.ts';
import { movedSheet } from '../../state/tables/ownTables.ts';
import { Explain } from '../app/Explain.tsx';
import page from '../app/page.module.css';
import { number, signed } from '../charts/format.ts';
import { Segmented } from '../neuron/Segmented.tsx';
import { Panel } from '../panel/Panel.tsx';
import { BlobPicture } from './BlobPicture.tsx';
import styles from './own.module.css';
import { mostActive, type Ranking } from './ranking.ts';

/** Neurons listed beside each picture. */
const LISTED = 8;

const RANKING_LABELS: Record<Ranking, string> = {
  relative: '|activation| ÷ threshold',
  activation: '|activation|',
  norm: 'effect size',
};

/** Every picture with the neurons it moves most. */
export function OwnResults({ onClear }: { readonly onClear: () => void }) {
  const [ranking, setRanking] = useState<Ranking>('relative');
  const own = useLens((state) => state.own);
  const block = useLens((state) => state.view.block);
  const key = useLens((state) => ownKey(sourceOf(state, state.view.block), state.view.block));
  const thresholds = useLens((state) => overviewOf(state, state.view.block)?.thresholds);
  const measuring = useLens((state) => state.ownProgress !== undefined);
  const failures = own.filter((picture) => picture.effects.get(key)?.status === 'failed').length;
  const listed = (): Parameters<typeof movedSheet>[1] =>
    own.map(({ id, name, effects }) => {
      const measured = loadedValue(effects.get(key) ?? IDLE);
      const neurons = measured && thresholds ? mostActive(measured, 0, thresholds, ranking, LISTED) : [];
      return { id, name, neurons };
    });
  return (
    <Panel
      title="Your pictures and their neurons"
      plain
      live
      table={(of) => movedSheet(of, listed())}
      className={styles.results}
    >
      <div className={styles.resultsHead}>
        <p>
          {own.length} {own.length === 1 ? 'picture' : 'pictures'}, and the neurons of block {block} they move
          most
        </p>
        <div className={styles.resultsTools} data-export="no">
          <Segmented
            label="Strongest by"
            value={ranking}
            onChange={setRanking}
            choices={(['relative', 'activation', 'norm'] as const).map((value) => ({
              value,
              label: RANKING_LABELS[value],
            }))}
          />
          {failures > 0 && !measuring && (
            <Button className="button" onPress={() => void useLens.getState().measureOwn()}>
              Measure the {failures} missing again
            </Button>
          )}
          <Button className="button" onPress={onClear}>
            Remove all
          </Button>
        </div>
      </div>
      <ul className={styles.pictures}>
        {own.map((picture) => (
          <li key={picture.id} className={`panel ${styles.picture}`}>
            <OwnEntry picture={picture} effectsKey={key} thresholds={thresholds} ranking={ranking} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface EntryProps {
  readonly picture: OwnPicture;
  readonly effectsKey: string;
  readonly thresholds: Float32Array | undefined;
  readonly ranking: Ranking;
}

function OwnEntry({ picture, effectsKey, thresholds, ranking }: EntryProps) {
  const { removeOwn } = useLens.getState();
  const effects = picture.effects.get(effectsKey);
  return (
    <>
      <div className={styles.thumb}>
        <BlobPicture file={picture.file} alt={picture.name} />
      </div>
      <div className={styles.entry}>
        <header>
          <h3 title={picture.name}>{picture.name}</h3>
          <Button
            className={`icon ${styles.remove}`}
            aria-label={`Remove ${picture.name}`}
            onPress={() => removeOwn(picture.id)}
          >
            ×
          </Button>
        </header>
        {effects?.status === 'ready' && thresholds ? (
          <ActiveNeurons effects={effects.value} thresholds={thresholds} ranking={ranking} />
        ) : effects?.status === 'failed' ? (
          <p className={page.problem}>Not measured. {effects.message}</p>
        ) : (
          <p className={styles.waiting}>Waiting to be measured …</p>
        )}
      </div>
    </>
  );
}

interface ActiveProps {
  readonly effects: OwnEffects;
  readonly thresholds: Float32Array;
  readonly ranking: Ranking;
}

function ActiveNeurons({ effects, thresholds, ranking }: ActiveProps) {
  const view = useLens((state) => state.view);
  const strongest = useMemo(
    () => mostActive(effects, 0, thresholds, ranking, LISTED),
    [effects, thresholds, ranking],
  );
  return (
    <table className={styles.neurons}>
      <thead>
        <tr>
          <th scope="col">neuron</th>
          <th scope="col">
            <Explain id="activation">activation</Explain>
          </th>
          <th scope="col">
            <Explain id="typicalNorm">size</Explain>
          </th>
          <th scope="col">
            ÷ <Explain id="threshold">threshold</Explain>
          </th>
        </tr>
      </thead>
      <tbody>
        {strongest.map((entry) => (
          <tr key={entry.neuron}>
            <th scope="row">
              <a href={encodeView({ ...view, page: 'neuron', neuron: entry.neuron })}>{entry.neuron}</a>
            </th>
            <td data-sign={entry.activation < 0 ? 'negative' : 'positive'}>{signed(entry.activation)}</td>
            <td>{number(entry.norm)}</td>
            <td data-beyond={entry.relative > 1 || undefined}>{number(entry.relative, 2)}×</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
