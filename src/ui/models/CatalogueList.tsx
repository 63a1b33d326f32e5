import { CATALOGUE, loadedValue, useLens } from '../../state/index.ts';
import { bytes, count } from '../charts/format.ts';
import { AskedPanel } from './AskedPanel.tsx';
import page from '../app/page.module.css';
import styles from './models.module.css';

type Entry = (typeof CATALOGUE)[number];

/** Models people use, with what each costs to have. */
export function CatalogueList() {
  const asked = useLens((state) => state.asked);
  const stored = useLens((state) => loadedValue(state.stored));
  const inView = useLens((state) => state.view.model);
  return (
    <section className={styles.section} aria-labelledby="catalogue">
      <h2 id="catalogue">Open another model</h2>
      <ul className={styles.cards}>
        <ShippedCard inView={inView === 'pictogram-clip'} />
        {CATALOGUE.map((entry) => {
          const isAsked = asked?.source.kind === 'catalogue' && asked.source.id === entry.id;
          const here = stored?.find(({ id }) => id === entry.id);
          return (
            <li key={entry.id} className={styles.card} data-here={inView === entry.id || undefined}>
              <h3>{entry.title}</h3>
              <p className={styles.sizes}>{sizeWords(entry)}</p>
              <p className={page.soft}>
                {entry.trainingData} {entry.licence}.
              </p>
              {here && (
                <p className={styles.here}>
                  {here.complete ? 'On this machine' : 'Partly on this machine'}, {bytes(here.bytes)}
                </p>
              )}
              {isAsked ? (
                <AskedPanel asked={asked} />
              ) : (
                <button
                  type="button"
                  className="button"
                  onClick={() => void useLens.getState().askFor({ kind: 'catalogue', id: entry.id })}
                >
                  {here?.complete ? 'Open' : 'See what it takes'}
                  <span className="sr-only">: {entry.title}</span>
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function ShippedCard({ inView }: { readonly inView: boolean }) {
  return (
    <li className={styles.card} data-here={inView || undefined}>
      <h3>Pictogram CLIP</h3>
      <p className={styles.sizes}>6 blocks of 768 neurons, 8 MB</p>
      <p className={page.soft}>
        Ships with this page, with its analysis. It knows pictograms and nothing else.
      </p>
      <button
        type="button"
        className="button"
        disabled={inView}
        onClick={() => useLens.getState().openAnalysis('pictogram-clip', 'pictograms')}
      >
        {inView ? 'In view' : 'Open'}
        <span className="sr-only">: Pictogram CLIP</span>
      </button>
    </li>
  );
}

function sizeWords({ config, files, precision }: Entry): string {
  const weights = files.filter(({ role }) => role === 'weights' || role === 'vision' || role === 'text');
  const known = weights.every((file) => file.bytes !== undefined);
  const total = weights.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  const { layers, neurons } = config.vision;
  return `${layers} blocks of ${count(neurons)} neurons, ${known ? bytes(total) : 'size unknown'} in ${precision}`;
}
