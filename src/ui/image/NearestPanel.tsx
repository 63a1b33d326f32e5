import { useMemo } from 'react';
import { isOfSet, loadedValue, type NearPicture, nearestPictures, useLens } from '../../state/index.ts';
import { nearestSheet } from '../../state/tables/imageTables.ts';
import page from '../app/page.module.css';
import { Thumbs } from '../app/Thumbs.tsx';
import { count, duration, number } from '../charts/format.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import { Panel } from '../panel/Panel.tsx';
import styles from './image.module.css';
import { offLabels } from './useStanding.ts';

const LISTED = 8;

/** The pictures of the set that the model finds most alike, as it is and without what is switched off. */
export function NearestPanel() {
  const vectors = useLens((state) => state.setVectors);
  const progress = useLens((state) => state.embeddingSet);
  const pictures = useLens((state) => loadedValue(state.pictures));
  const seconds = useLens(({ engine }) =>
    engine.status === 'ready' ? engine.info.plan?.secondsPerImage : undefined,
  );
  const { cancelSetVectors, ensureSetVectors } = useLens.getState();
  return (
    <Panel
      title="Its nearest pictures"
      explain="nearest"
      className={styles.panel}
      figure={vectors.status === 'ready'}
      table={vectors.status === 'ready' ? sheetOfNearest : undefined}
    >
      {vectors.status === 'idle' && pictures && (
        <button type="button" className="button" onClick={() => void ensureSetVectors()}>
          Look at the {count(pictures.count)} pictures of the set
          {seconds !== undefined && ` (${duration(seconds * pictures.count)})`}
        </button>
      )}
      {vectors.status === 'loading' && <JobProgress progress={progress} onCancel={cancelSetVectors} />}
      {vectors.status === 'failed' && (
        <p role="alert" className={page.problem}>
          {vectors.message}{' '}
          <button type="button" className="link" onClick={() => void ensureSetVectors()}>
            Try again
          </button>
        </p>
      )}
      {vectors.status === 'ready' && <Nearest vectors={vectors.value} />}
    </Panel>
  );
}

function sheetOfNearest(of: string) {
  const { view, setVectors, picture, ablated, pictures } = useLens.getState();
  const vectors = loadedValue(setVectors)!;
  const self = isOfSet(view.image) ? Number(view.image) : undefined;
  const near = (embedding: Float32Array) => nearestPictures(vectors, embedding, self, LISTED);
  const after = loadedValue(ablated)?.representation;
  const before = loadedValue(picture)?.reading.embedding;
  return nearestSheet(
    of,
    before ? near(before) : [],
    after && near(after),
    (image) => loadedValue(pictures)?.caption(image) ?? '',
    offLabels(),
  );
}

function Nearest({ vectors }: { readonly vectors: Float32Array }) {
  const embedding = useLens((state) => loadedValue(state.picture)?.reading.embedding);
  const image = useLens((state) => state.view.image);
  const ablated = useLens((state) => loadedValue(state.ablated)?.representation);
  const self = isOfSet(image) ? Number(image) : undefined;
  const before = useMemo(
    () => (embedding ? nearestPictures(vectors, embedding, self, LISTED) : []),
    [vectors, embedding, self],
  );
  const after = useMemo(
    () => (ablated ? nearestPictures(vectors, ablated, self, LISTED) : undefined),
    [vectors, ablated, self],
  );
  return (
    <>
      <Row label="As the picture is" pictures={before} others={after} />
      {after && <Row label="Without what is switched off" pictures={after} others={before} fresh />}
    </>
  );
}

interface RowProps {
  readonly label: string;
  readonly pictures: readonly NearPicture[];
  readonly others: readonly NearPicture[] | undefined;
  /** Those that are not among the others came, else they went. */
  readonly fresh?: boolean;
}

function Row({ label, pictures, others, fresh }: RowProps) {
  const set = useLens((state) => loadedValue(state.pictures));
  return (
    <figure className={styles.nearest}>
      <figcaption>{label}</figcaption>
      <ol aria-label={label}>
        {pictures.map(({ image, cosine }) => {
          const stays = !others || others.some((other) => other.image === image);
          const change = stays ? '' : fresh ? ', new' : ', gone';
          const words = `Picture ${image}: ${set?.caption(image) ?? ''}, cosine ${number(cosine, 2)}${change}`;
          return (
            <li key={image} data-change={stays ? undefined : fresh ? 'new' : 'gone'}>
              <button
                type="button"
                aria-label={words}
                title={words}
                onClick={() => useLens.getState().setView({ image: String(image) })}
              >
                <Thumbs images={[image]} size={72} fill />
              </button>
            </li>
          );
        })}
      </ol>
    </figure>
  );
}
