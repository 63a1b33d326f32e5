import { directionsOf } from '../../state/directions.ts';
import { type NeuronDetail, useLens } from '../../state/index.ts';
import { alignedSheet } from '../../state/tables/neuronTables.ts';
import { number, signedFixed } from '../charts/format.ts';
import neuronStyles from '../neuron/neuron.module.css';
import { Panel } from '../panel/Panel.tsx';
import styles from './directions.module.css';

/** Neurons of the model that lie along a direction; where heads would stand on the page of a neuron. */
export function AlignedPanel({ aligned }: { readonly aligned: NeuronDetail['aligned'] }) {
  const chance = useLens((state) => directionsOf(state)?.chance);
  return (
    <Panel
      title="Neurons along it, and against it"
      explain="alignedNeurons"
      area="heads"
      table={chance === undefined ? undefined : (of) => alignedSheet(of, aligned, chance)}
    >
      {chance === undefined ? (
        <p className={neuronStyles.empty}>It was not compared with neurons.</p>
      ) : (
        <>
          <table className={styles.aligned}>
            <thead>
              <tr>
                <th scope="col">Block</th>
                <th scope="col">Neuron</th>
                <th scope="col">Cosine</th>
              </tr>
            </thead>
            <tbody>
              {aligned.map(({ block, neuron, cosine }) => (
                <tr key={`${block} ${neuron}`} data-chance={Math.abs(cosine) <= chance || undefined}>
                  <td>{block}</td>
                  <td>{neuron}</td>
                  <td>{signedFixed(cosine, 2)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className={neuronStyles.note}>
            The nearest neuron to a random direction has ±{number(chance, 2)} on average: paler rows are no
            nearer.
          </p>
        </>
      )}
    </Panel>
  );
}
