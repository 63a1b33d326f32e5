import { type ExperimentRun, filesOfRun, useLens } from '../../state/index.ts';
import { backendWords } from '../app/engineWords.ts';
import { count, duration } from '../charts/format.ts';
import { saveFile } from '../panel/saveFile.ts';
import styles from './experiments.module.css';

/** What a result is of, whether it is whole, and the ways to take it away. */
export function RunHead({ run }: { readonly run: ExperimentRun }) {
  const { about, backend, finished, seconds, tables } = run;
  const { top, layers } = about.parameters as { top: number; layers: readonly number[] };
  const fraction = (100 * top) / about.images.count;
  const counted = tables.parts.reduce((sum, { images }) => sum + images, 0);
  const save = (ending: 'json' | 'csv'): void => {
    const files = filesOfRun(run);
    saveFile(`${files.name}.${ending}`, files[ending], ending === 'csv' ? 'text/csv' : 'application/json');
  };
  return (
    <header className={styles.runHead}>
      <p>
        <span className={styles.form}>{about.form === 'corrected' ? 'corrected' : 'as released'}</span>{' '}
        {!finished && <strong>So far: </strong>}
        {about.model.name} on {count(counted)} pictures of {about.images.name}; block
        {layers.length > 1 ? 's' : ''} {layers.join(', ')}; k = {top}, {fraction.toFixed(1)}% of the set;{' '}
        {duration(seconds).replace('about ', '')} on {backendWords(backend)}.
      </p>
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={() => save('csv')}>
          CSV
        </button>
        <button type="button" className="button" onClick={() => save('json')}>
          JSON
        </button>
        {finished && (
          <button
            type="button"
            className="button"
            onClick={() => void useLens.getState().forgetExperiment(run.key)}
          >
            Delete
          </button>
        )}
      </div>
    </header>
  );
}
