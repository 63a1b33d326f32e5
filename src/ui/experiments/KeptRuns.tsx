import { experimentKey, useLens } from '../../state/index.ts';
import { count, duration } from '../charts/format.ts';
import styles from './experiments.module.css';
import { EXPERIMENT_WORDS } from './experimentWords.ts';

/** Runs that this browser keeps, each with the way to it. */
export function KeptRuns() {
  const kept = useLens((state) => state.keptRuns);
  const here = useLens(experimentKey);
  const others = kept.filter(({ key }) => key !== here);
  if (others.length === 0) return null;
  return (
    <section className={styles.kept} aria-labelledby="kept">
      <h2 id="kept">Kept in this browser</h2>
      <ul>
        {others.map(({ key, address, about, finished, seconds, pictures }) => (
          <li key={key}>
            <a href={address}>{EXPERIMENT_WORDS[about.experiment].title}</a>
            <span>
              {about.model.name}, {count(pictures)} pictures,{' '}
              {about.form === 'corrected' ? 'corrected' : 'as released'};{' '}
              {finished ? duration(seconds).replace('about ', '') : 'stopped, can go on'}
            </span>
            <button
              type="button"
              className={styles.plain}
              aria-label={`Delete: ${EXPERIMENT_WORDS[about.experiment].title}, ${count(pictures)} pictures`}
              onClick={() => void useLens.getState().forgetExperiment(key)}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
