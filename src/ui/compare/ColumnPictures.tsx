import { useState } from 'react';
import {
  type ListedImage,
  loadedValue,
  type NeuronDetail,
  type NeuronPage,
  type PictureSet,
  useLens,
} from '../../state/index.ts';
import { useRoving } from '../charts/useRoving.ts';
import { SetDialog } from '../neuron/SetDialog.tsx';
import { SetTile } from '../neuron/SetTile.tsx';
import { type MapOverlay, useOverlay } from '../neuron/useOverlay.ts';
import styles from './compare.module.css';

/** Pictures of each end that stand in a column. */
const SHOWN = 6;

interface Props {
  readonly page: NeuronPage;
  readonly detail: NeuronDetail;
}

/** The strongest pictures of both ends, with the neuron's maps over them as on its own page. */
export function ColumnPictures({ page, detail }: Props) {
  const pictures = useLens((state) => loadedValue(state.pictures));
  const overlay = useOverlay(page, NOTHING_OWN, 'smooth');
  const [open, setOpen] = useState<number>();
  const ends = [
    { name: 'Most positive', items: detail.positive.slice(0, SHOWN) },
    { name: 'Most negative', items: detail.negative.slice(0, SHOWN) },
  ];
  const listed = ends.flatMap((end) => end.items);
  if (!pictures) return null;
  const need = (): void => page.requestHeatmaps(listed.map((item) => item.image));
  return (
    <>
      {ends.map((end) => (
        <div key={end.name} className={styles.end}>
          <h4>{end.name}</h4>
          {end.items.length === 0 ? (
            <p className={styles.none}>No picture of the set lies at this end.</p>
          ) : (
            <Row
              name={`${end.name} pictures of neuron ${page.neuron}`}
              items={end.items}
              page={page}
              pictures={pictures}
              overlay={overlay}
              onNeed={need}
              onOpen={setOpen}
            />
          )}
        </div>
      ))}
      <SetDialog
        listed={listed}
        open={open}
        onOpen={setOpen}
        pictures={pictures}
        page={page}
        detail={detail}
        overlay={overlay}
      />
    </>
  );
}

const NOTHING_OWN: Parameters<typeof useOverlay>[1] = [];

interface RowProps {
  readonly name: string;
  readonly items: readonly ListedImage[];
  readonly page: NeuronPage;
  readonly pictures: PictureSet;
  readonly overlay: MapOverlay;
  readonly onNeed: () => void;
  readonly onOpen: (image: number) => void;
}

function Row({ name, items, page, pictures, overlay, onNeed, onOpen }: RowProps) {
  const [pointed, setPointed] = useState<number>();
  const roving = useRoving(items.length, items.length);
  return (
    <ul className={styles.pictures} aria-label={name}>
      {items.map((item, i) => (
        <li key={item.image}>
          <SetTile
            item={item}
            pictures={pictures}
            pointed={pointed === item.image}
            map={page.heatmaps.get(item.image)}
            overlay={overlay}
            onNeeded={onNeed}
            onPoint={(on) => setPointed(on ? item.image : undefined)}
            onOpen={() => onOpen(item.image)}
            focusProps={roving.item(i)}
          />
        </li>
      ))}
    </ul>
  );
}
