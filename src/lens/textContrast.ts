import { LensError } from '../errors.ts';
import { norm } from './vectors.ts';

/**
 * A text less the mean of those it stands among (a class list, a pool), [D]: what sets it apart. The part that all
 * texts have in common tells nothing of this one, yet has its say in inner products with single directions. As a map
 * is linear in its text, the map of the contrast is the text's map less the mean map.
 * @param text [D]; counts at length 1
 * @param mean [D] mean of unit texts
 * @throws LensError `bad-request` for a text that is the mean.
 */
export function textContrast(text: ArrayLike<number>, mean: ArrayLike<number>): Float64Array {
  const length = norm(text);
  const contrast = Float64Array.from(text, (x, d) => x / length - mean[d]!);
  if (length > 0 && norm(contrast) > 1e-9) return contrast;
  throw new LensError('bad-request', 'This text says no more than all texts together.');
}
