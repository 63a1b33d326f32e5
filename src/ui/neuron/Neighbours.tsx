import type { PictureSet } from '../../state/data.ts';
import type { Neighbour } from '../../state/neuronTypes.ts';
import { signed } from '../charts/format.ts';
import { SetPicture } from '../pictures-grid/SetPicture.tsx';
import styles from './neuron.module.css';

interface Props {
  readonly similar: readonly Neighbour[];
  readonly opposite: readonly Neighbour[];
  readonly pictures: PictureSet | undefined;
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

interface RowProps extends Pick<Props, 'pictures' | 'previews' | 'href'> {
  readonly title: string;
  readonly list: readonly Neighbour[];
}

/** Fewer fit a panel's width; the rest is a scroll away. */
function Row({ title, list, pictures, previews, href }: RowProps) {
  return (
    <section aria-label={`${title}: neurons by cosine`}>
      <h3 className={styles.endTitle}>{title}</h3>
      {list.length === 0 ? (
        <p className={styles.empty}>None.</p>
      ) : (
        <ul className={styles.neighbourRow}>
          {list.map(({ neuron, cosine }) => (
            <li key={neuron}>
              <a href={href(neuron)} className={styles.neighbour}>
                <span className={styles.neighbourPictures} aria-hidden="true">
                  {pictures &&
                    previews(neuron)
                      .slice(0, 4)
                      .map((image) => <SetPicture key={image} cell={pictures.cell(image)} alt="" />)}
                </span>
                <span className={styles.neighbourName}>
                  neuron {neuron} <span>cos {signed(cosine, 2)}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
