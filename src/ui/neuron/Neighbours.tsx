import type { Neighbour } from '../../state/index.ts';
import { Thumbs } from '../app/Thumbs.tsx';
import { signed } from '../charts/format.ts';
import imagesStyles from './images.module.css';
import styles from './neuron.module.css';

/** CSS pixels a side; four stand in a square. */
const THUMB = 36;

interface Props {
  readonly similar: readonly Neighbour[];
  readonly opposite: readonly Neighbour[];
  readonly kind: 'neuron' | 'direction';
  readonly previews: (neuron: number) => readonly number[];
  readonly href: (neuron: number) => string;
}

/** Neurons of the same block whose directions point the same way, or the other way. */
export function Neighbours({ similar, opposite, ...rest }: Props) {
  return (
    <div className={styles.neighbours}>
      <Row title="Same direction" list={similar} {...rest} />
      <Row title="Opposite direction" list={opposite} {...rest} />
    </div>
  );
}

interface RowProps extends Pick<Props, 'previews' | 'href' | 'kind'> {
  readonly title: string;
  readonly list: readonly Neighbour[];
}

/** Fewer fit a panel's width; the rest is a scroll away. */
function Row({ title, list, kind, previews, href }: RowProps) {
  return (
    <section aria-label={`${title}: ${kind}s by cosine`}>
      <h3 className={imagesStyles.endTitle}>{title}</h3>
      {list.length === 0 ? (
        <p className={styles.empty}>None.</p>
      ) : (
        <ul className={styles.neighbourRow}>
          {list.map(({ neuron, cosine }) => (
            <li key={neuron}>
              <a href={href(neuron)} className={styles.neighbour}>
                <span className={styles.neighbourPictures} aria-hidden="true">
                  <Thumbs images={previews(neuron)} size={THUMB} columns={2} />
                </span>
                <span className={styles.neighbourName}>
                  {kind} {neuron} <span className={styles.cosine}>cos {signed(cosine, 2)}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
