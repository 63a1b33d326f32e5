import { group } from 'd3-array';
import { CATALOGUE, loadedValue, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { bytes, count } from '../charts/format.ts';
import { AskedPanel } from './AskedPanel.tsx';
import styles from './models.module.css';

type Entry = (typeof CATALOGUE)[number];

/** Models people use, a card each, with the editions of it and what each costs to have. */
export function CatalogueList() {
  const inView = useLens((state) => state.view.model);
  return (
    <section className={page.section} aria-labelledby="catalogue">
      <h2 id="catalogue">Open another model</h2>
      <ul className={styles.cards}>
        <ShippedCard inView={inView === 'pictogram-clip'} />
        {FAMILIES.map((editions) => (
          <FamilyCard key={editions[0].id} editions={editions} inView={inView} />
        ))}
      </ul>
    </section>
  );
}

/** Entries whose outputs must be the same are editions of one model. */
const FAMILIES = [...group(CATALOGUE, ({ outputsOf }) => outputsOf).values()] as [Entry, ...Entry[]][];

function FamilyCard({
  editions,
  inView,
}: {
  readonly editions: [Entry, ...Entry[]];
  readonly inView: string;
}) {
  const [{ title, trainingData, licence, config }] = editions;
  return (
    <li className={styles.card} data-here={editions.some(({ id }) => id === inView) || undefined}>
      <h3>{title}</h3>
      <p className={styles.sizes}>{sizeWords(config.vision)}</p>
      <p className={page.soft}>
        {trainingData} {licence}.
      </p>
      <ul className={styles.editions}>
        {editions.map((entry) => (
          <Edition key={entry.id} entry={entry} inView={entry.id === inView} />
        ))}
      </ul>
    </li>
  );
}

function Edition({ entry, inView }: { readonly entry: Entry; readonly inView: boolean }) {
  const asked = useLens((state) => state.asked);
  const here = useLens((state) => loadedValue(state.stored)?.find(({ id }) => id === entry.id));
  const isAsked = asked?.source.kind === 'catalogue' && asked.source.id === entry.id;
  return (
    <li className={styles.edition}>
      <span className={styles.editionName}>
        {entry.edition}
        <span className={page.soft}>{downloadWords(entry)}</span>
        {here && (
          <span className={styles.here}>
            {here.complete ? 'on this machine' : 'partly on this machine'}, {bytes(here.bytes)}
          </span>
        )}
      </span>
      {isAsked ? (
        <AskedPanel asked={asked} />
      ) : (
        <button
          type="button"
          className="button"
          disabled={inView}
          onClick={() => void useLens.getState().askFor({ kind: 'catalogue', id: entry.id })}
        >
          {inView ? 'In view' : here?.complete ? 'Open' : here ? 'Go on' : 'See what it takes'}
          <span className="sr-only">: {entry.title}</span>
        </button>
      )}
    </li>
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

const sizeWords = ({ layers, neurons, patchSize }: Entry['config']['vision']): string =>
  `${layers} blocks of ${count(neurons)} neurons; patches of ${patchSize} pixels`;

const PRECISION: Record<Entry['precision'], string> = {
  float32: 'float32',
  float16: 'float16',
  int8: 'numbers are approximate',
};

function downloadWords({ files, precision }: Entry): string {
  const weights = files.filter(({ role }) => role === 'weights' || role === 'vision' || role === 'text');
  const total = weights.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  const known = weights.every((file) => file.bytes !== undefined);
  const size = known ? bytes(total) : total > 0 ? `${bytes(total)} and more` : 'size not known';
  return `${PRECISION[precision]}, ${size}`;
}
