import { loadedValue, useLens } from '../../../state/index.ts';
import type { Card } from '../../../state/learn/game.ts';
import { SetPicture } from '../../pictures-grid/SetPicture.tsx';
import styles from './game.module.css';

interface Props {
  readonly card: Card;
  readonly large?: boolean;
}

/** The pictures at the end of a neuron that is played, strongest first. */
export function PictureRow({ card, large }: Props) {
  const pictures = useLens((state) => loadedValue(state.pictures));
  return (
    <span className={styles.pictures} data-large={large || undefined}>
      {card.pictures.map((image) => (
        <span key={image}>
          {pictures && <SetPicture cell={pictures.cell(image)} alt={pictures.caption(image)} />}
        </span>
      ))}
    </span>
  );
}
