import type { Linear, Norm } from '../weights.ts';
import type { TensorTable } from './tensorTable.ts';

/** A map to `outputs` values from `inputs` values, stored [out, in], as all frameworks' `Linear` is. */
export function linear(table: TensorTable, prefix: string, outputs: number, inputs: number): Linear {
  return {
    weight: table.matrix(`${prefix}.weight`, [outputs, inputs], 'out-in'),
    bias: table.tensor(`${prefix}.bias`, [outputs]),
  };
}

/** A LayerNorm over `width` values. */
export function norm(table: TensorTable, prefix: string, width: number): Norm {
  return { gain: table.tensor(`${prefix}.weight`, [width]), bias: table.tensor(`${prefix}.bias`, [width]) };
}
