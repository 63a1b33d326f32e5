import { signedFixed } from '../charts/format.ts';
import dialogStyles from './dialog.module.css';
import type { EffectParts } from './overlayMaps.ts';

/** How a picture's activation comes about: the rows add up to the last one. */
export function EffectTable({ parts }: { readonly parts: EffectParts }) {
  // All rows to the same decimals, one more than the result needs, so that the sum can be checked by eye.
  const decimals = Math.max(1, Math.min(7, 3 - Math.floor(Math.log10(Math.abs(parts.activation) || 1))));
  const rows = [
    ['All patches of the second-order map, summed', parts.patches],
    ['The CLS token’s own term, which no patch shows', parts.cls],
    ['What is left: the part all neurons of the block share (biases, means), and rounding', parts.shared],
    ['Less the set’s mean effect along the direction', -parts.setMean],
  ] as const;
  return (
    <table className={dialogStyles.parts}>
      <caption>How the signed activation adds up</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{signedFixed(value, decimals)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Signed activation of the neuron on this picture</th>
          <td>{signedFixed(parts.activation, decimals)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
