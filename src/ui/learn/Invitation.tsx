import { useEffect } from 'react';
import { useLens } from '../../state/index.ts';
import { TOUR } from '../../state/learn/catalogue.ts';
import styles from './learn.module.css';

/**
 * On a first visit, in a corner: takes no focus and covers nothing that is being used. Whoever goes somewhere by
 * themselves has found their way, and is not asked again.
 */
export function Invitation() {
  const { startLesson, declineTour } = useLens.getState();
  useEffect(
    () =>
      useLens.subscribe(({ view }, { view: before }) => {
        if (view.page !== before.page || view.neuron !== before.neuron || view.block !== before.block)
          useLens.getState().declineTour();
      }),
    [],
  );
  return (
    <aside className={styles.invitation} aria-label="A tour is offered">
      <p>New here? A tour of the page takes {TOUR.minutes} minutes.</p>
      <div className={styles.invitationButtons}>
        <button type="button" className="button" data-main onClick={() => void startLesson('tour')}>
          Take the tour
        </button>
        <button type="button" className="button" onClick={declineTour}>
          No, thank you
        </button>
      </div>
    </aside>
  );
}
