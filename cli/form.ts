import type { Form } from '../src/lens/form.ts';
import * as option from './options.ts';

/** The choice of form, as every experiment has it. */
export const formOption = option.withDefault(
  option.choice<Form>(
    { corrected: 'corrected', 'as-released': 'as-released' },
    "the paper's measure, or as its released code computes it (default corrected)",
  ),
  'corrected' as Form,
);
