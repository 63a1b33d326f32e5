import { type ReactNode, useId } from 'react';
import type { GlossaryId } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import styles from './neuron.module.css';

interface Props {
  readonly title: string;
  /** What the title explains when pressed. */
  readonly explain: GlossaryId;
  /** Stands at the other end of the title's line. */
  readonly aside?: ReactNode;
  readonly area: 'images' | 'code' | 'histogram' | 'heads' | 'neighbours' | 'own';
  readonly children: ReactNode;
}

/** One framed area of the page with its heading. */
export function Panel({ title, explain, aside, area, children }: Props) {
  const heading = useId();
  return (
    <section className={`panel ${styles.panel}`} style={{ gridArea: area }} aria-labelledby={heading}>
      <header className={styles.panelHead}>
        <h2 id={heading}>
          <Explain id={explain}>{title}</Explain>
        </h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
