import type { ModelInfo } from '../../state/index.ts';
import page from '../app/page.module.css';
import { number } from '../charts/format.ts';
import styles from './models.module.css';

/** Whether the model's outputs are the published ones, in words. */
export function CheckWords({ check }: { readonly check: ModelInfo['check'] }) {
  if (!check)
    return <span className={page.soft}>not made: nothing was published about this model’s outputs</span>;
  if (check.status === 'unverifiable') {
    const { reason, agreement } = check;
    const wrong = agreement && !(agreement.deviation <= agreement.tolerance);
    return (
      <span className={wrong ? styles.deviates : page.soft} role={wrong ? 'alert' : undefined}>
        not possible: {reason} {agreement?.says}
      </span>
    );
  }
  const figures = `deviation ${number(check.deviation, 2)} of at most ${number(check.tolerance, 2)}`;
  if (check.status === 'verified') {
    return (
      <span className={styles.verified}>
        <strong>verified</strong>, {figures}; {check.values} published values of the {check.covers}, from{' '}
        {check.source}
      </span>
    );
  }
  return (
    <span className={styles.deviates} role="alert">
      <strong>does not give the published outputs</strong>: {figures}; furthest off is {check.worst}.{' '}
      {check.hint}
    </span>
  );
}
