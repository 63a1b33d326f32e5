import type { Form } from '../../src/lens/form.ts';
import * as option from '../options.ts';
import { resultOptions } from './results.ts';

/** Options of every experiment: the choice of form, what is strong, where the result goes. */
export const experimentOptions = {
  form: option.withDefault(
    option.choice<Form>(
      { corrected: 'corrected', 'as-released': 'as-released' },
      "the paper's measure, or as its released code computes it (default corrected)",
    ),
    'corrected' as Form,
  ),
  top: option.withDefault(option.count("k: a neuron's strongest images (default 100)"), 100),
  ...resultOptions,
};
