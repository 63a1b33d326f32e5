import { type CentredEffects, innerProduct, leftOf } from './centredEffects.ts';

/**
 * ‖phi_n(I) − mean_n‖ of every image, [I]: the effect size.
 * Squares that rounding made negative (an image at the mean) count as 0.
 */
export function centredNorms(effects: CentredEffects): Float32Array {
  return Float32Array.from({ length: effects.images }, (_, image) =>
    Math.sqrt(Math.max(0, innerProduct(effects, leftOf(effects, image), image))),
  );
}
