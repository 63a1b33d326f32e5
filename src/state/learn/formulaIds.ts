/** Formulas that lessons and the About page show; src/ui/learn/math sets them. */
export const FORMULA_IDS = [
  'secondOrder',
  'activation',
  'direction',
  'varianceShare',
  'pursuit',
  'r2',
  'ablation',
] as const;
export type FormulaId = (typeof FORMULA_IDS)[number];
