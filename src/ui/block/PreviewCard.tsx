import { directionName, directionsOf } from '../../state/directions.ts';
import { type BlockOverview, useLens } from '../../state/index.ts';
import { Thumbs } from '../app/Thumbs.tsx';
import { number, percent, signed } from '../charts/format.ts';
import styles from './block.module.css';
import type { Point, ScatterLayout } from './scatterLayout.ts';

interface Props {
  readonly point: Point;
  readonly layout: ScatterLayout;
  readonly overview: BlockOverview;
  readonly scores: Float32Array | undefined;
}

/** What a dot stands for: the four pictures it answers to most, and its measures. */
export function PreviewCard({ point, layout, overview, scores }: Props) {
  const { neuron } = point;
  const given = useLens(directionsOf);
  const title = given ? (directionName(given, neuron) ?? `Direction ${neuron}`) : `Neuron ${neuron}`;
  const images = [...overview.previewImages.subarray(4 * neuron, 4 * neuron + 4)].filter(
    (image) => image >= 0,
  );
  const right = point.x > layout.width / 2;
  const below = point.y > layout.height / 2;
  const place = {
    insetInlineStart: right ? undefined : point.x + 16,
    insetInlineEnd: right ? layout.width - point.x + 16 : undefined,
    insetBlockStart: below ? undefined : Math.max(4, point.y - 24),
    insetBlockEnd: below ? Math.max(4, layout.height - point.y - 24) : undefined,
  };
  return (
    <div className={styles.card} style={place} aria-hidden="true" data-export="no">
      <div className={styles.cardHead}>
        <strong>{title}</strong>
        {scores && <span className={styles.cardScore}>match {signed(scores[neuron] ?? 0, 2)}</span>}
      </div>
      <div className={styles.cardPictures}>
        {images.length > 0 ? (
          <Thumbs images={images} size={96} columns={2} fill />
        ) : (
          <p>No picture moves it along its direction.</p>
        )}
      </div>
      <dl className={styles.cardMeasures}>
        <Measure name={given ? 'typical' : 'effect'} value={number(overview.typicalNorm[neuron] ?? 0)} />
        <Measure name="largest" value={number(overview.maxNorm[neuron] ?? 0)} />
        <Measure
          name={given ? 'share' : 'variance'}
          value={percent(overview.varianceShares[neuron] ?? 0, 0)}
        />
      </dl>
    </div>
  );
}

function Measure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
