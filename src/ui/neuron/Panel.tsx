import { type ReactNode, useId } from 'react';
import styles from './neuron.module.css';

interface Props {
  readonly title: string;
  /** Stands beside the title: what explains it. */
  readonly aside?: ReactNode;
  readonly area: 'images' | 'code' | 'histogram' | 'heads' | 'neighbours' | 'own';
  readonly children: ReactNode;
}

/** One framed area of the page with its heading. */
export function Panel({ title, aside, area, children }: Props) {
  const heading = useId();
  return (
    <section className={`panel ${styles.panel}`} style={{ gridArea: area }} aria-labelledby={heading}>
      <header className={styles.panelHead}>
        <h2 id={heading}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
