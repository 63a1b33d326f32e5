import { FORMULA_IDS } from '../../../state/learn/formulaIds.ts';
import { Formula } from './Formula.tsx';
import { FORMULAS } from './formulas.ts';

/** Every formula of the method with its name. */
export function FormulaList({ className }: { readonly className: string | undefined }) {
  return (
    <dl className={className}>
      {FORMULA_IDS.map((id) => (
        <div key={id}>
          <dt>{FORMULAS[id].name}</dt>
          <dd>
            <Formula id={id} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
