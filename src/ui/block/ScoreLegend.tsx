import { Explain } from '../app/Explain.tsx';
import { useDark } from '../app/useTheme.ts';
import { css, diverging } from '../charts/colour.ts';
import { signed } from '../charts/format.ts';
import styles from './block.module.css';
import { useMatchColours } from './matchColours.ts';

/** What the colours of the dots mean while there is a search. */
export function ScoreLegend() {
  const scores = useMatchColours();
  const surface = useDark() ? 'ink' : 'paper';
  if (!scores) return null;
  let most = 0;
  for (const score of scores) most = Math.max(most, Math.abs(score));
  const stops = [-1, -0.5, 0, 0.5, 1].map((t) => css(diverging(t, surface))).join(', ');
  return (
    <div className={styles.legend}>
      <Explain id="searchScore">match</Explain>
      <span>{signed(-most, 2)}</span>
      <span className={styles.legendBar} style={{ background: `linear-gradient(to right, ${stops})` }} />
      <span>{signed(most, 2)}</span>
    </div>
  );
}
