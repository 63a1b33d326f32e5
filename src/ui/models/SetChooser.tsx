import { FEWEST_IN_SET, loadedValue, OWN_SET, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { count } from '../charts/format.ts';
import { FileButton } from '../own/FileButton.tsx';
import { sortFiles } from '../own/gatherFiles.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import styles from './models.module.css';

/** Which pictures the neurons are measured on. */
export function SetChooser() {
  const name = useLens((state) => state.view.set);
  const pictures = useLens((state) => loadedValue(state.pictures));
  const ownSet = useLens((state) => state.ownSet);
  const job = useLens((state) => state.ownSetProgress);
  const { cancelOwnSet, chooseOwnSet, openAnalysis, view } = useLens.getState();
  const take = (files: readonly File[]): void => {
    const readable = sortFiles(files).pictures;
    const folder = files[0]?.webkitRelativePath.split('/')[0];
    if (readable.length > 0) void chooseOwnSet(readable, folder || 'Your pictures');
    else if (files.length > 0) useLens.getState().notify('error', 'There are no picture files among these.');
  };
  return (
    <section className={page.section} aria-labelledby="pictures">
      <h2 id="pictures">The pictures{pictures ? `: ${pictures.name}, ${count(pictures.count)}` : ''}</h2>
      <p className={page.soft}>
        A neuron is described by the pictures that move it most, so they should be of the model’s world:
        photographs for a model of photographs, some thousands if you can, {FEWEST_IN_SET} at least. They stay
        on this machine.
      </p>
      <div className={page.buttons}>
        <FileButton label="Choose a folder of pictures" folder onFiles={take} />
        <FileButton label="Choose pictures" accept="image/*" onFiles={take} />
        {name !== 'pictograms' && (
          <button type="button" className="button" onClick={() => openAnalysis(view.model, 'pictograms')}>
            Use the shipped pictogram scenes
          </button>
        )}
        {name !== OWN_SET && ownSet && (
          <button type="button" className="button" onClick={() => openAnalysis(view.model, OWN_SET)}>
            Use “{ownSet.name}”
          </button>
        )}
      </div>
      {job && <JobProgress progress={job} onCancel={cancelOwnSet} />}
      {ownSet && ownSet.skipped.length > 0 && (
        <details className={styles.citation}>
          <summary>{count(ownSet.skipped.length)} left out</summary>
          <ul>
            {ownSet.skipped.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
