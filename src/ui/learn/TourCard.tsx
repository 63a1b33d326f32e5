import { useLens } from '../../state/index.ts';
import { TOUR } from '../../state/learn/catalogue.ts';
import styles from './learnPage.module.css';

/** The way in for who is here for the first time. */
export function TourCard() {
  const taken = useLens(({ progress }) => progress.lessons[TOUR.id]?.done ?? false);
  return (
    <section className={`panel ${styles.wide}`} aria-labelledby="tour-title">
      <div>
        <h2 id="tour-title">A tour of the page</h2>
        <p className={styles.promise}>
          {TOUR.steps} stops, about {TOUR.minutes} minutes: where the neurons are, how to look at one, how to
          search, and how to take a picture apart.
        </p>
      </div>
      <button
        type="button"
        className="button"
        data-main
        onClick={() => void useLens.getState().startLesson(TOUR.id, 0)}
      >
        {taken ? 'Take the tour again' : 'Take the tour'}
      </button>
    </section>
  );
}
