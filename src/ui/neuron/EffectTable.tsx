import { signed } from '../charts/format.ts';
import styles from './neuron.module.css';
import type { EffectParts } from './overlayMaps.ts';

/** How a picture's activation comes about: the rows add up to the last one. */
export function EffectTable({ parts }: { readonly parts: EffectParts }) {
  const rows = [
    ['All patches of the second-order map, summed', parts.patches],
    ['The CLS token’s own term, which no patch shows', parts.cls],
    ['What is left: the part all neurons of the block share (biases, means), and rounding', parts.shared],
    ['Less the set’s mean effect along the direction', -parts.setMean],
  ] as const;
  return (
    <table className={styles.parts}>
      <caption>How the signed activation adds up</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{signed(value)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Signed activation of the neuron on this picture</th>
          <td>{signed(parts.activation)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
