import { useMemo, useState } from 'react';
import { directionsOf } from '../../state/directions.ts';
import {
  type ListedImage,
  type NeuronDetail,
  type NeuronPage,
  type Overlay,
  type PictureSet,
  type SignChoice,
  useLens,
} from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { count, signed } from '../charts/format.ts';
import { ScaleLegend } from '../charts/ScaleLegend.tsx';
import { PicturesGrid } from '../pictures-grid/PicturesGrid.tsx';
import imagesStyles from './images.module.css';
import { MAP_NAMES } from './mapWords.ts';
import styles from './neuron.module.css';
import { SetDialog } from './SetDialog.tsx';
import { SetTile } from './SetTile.tsx';
import type { MapOverlay } from './useOverlay.ts';

interface Props {
  readonly page: NeuronPage;
  readonly detail: NeuronDetail;
  readonly pictures: PictureSet;
  readonly overlay: MapOverlay;
  readonly sign: SignChoice;
}

/** With the first map a person asks for come these many of each end, so that the scale stands still. */
const FOLLOWING = 12;

/** The pictures at both ends of the neuron's signed activation, with its maps over them. */
export function TopImages({ page, detail, pictures, overlay, sign }: Props) {
  const { heatmaps, requestHeatmaps } = page;
  const { when, kind, scales, engineWords } = overlay;
  const maps = useLens((state) => directionsOf(state) === undefined);
  const [pointed, setPointed] = useState<number>();
  const [open, setOpen] = useState<number>();
  const ends = useMemo(
    () => [
      ...(sign === 'negative' ? [] : [{ name: 'Most positive', items: detail.positive }]),
      ...(sign === 'positive' ? [] : [{ name: 'Most negative', items: detail.negative }]),
    ],
    [detail, sign],
  );
  const listed = useMemo(() => ends.flatMap((end) => end.items), [ends]);
  const need = (image: number): void =>
    requestHeatmaps([
      image,
      ...ends.flatMap((end) => end.items.slice(0, FOLLOWING).map((item) => item.image)),
    ]);
  const waiting = listed.some(({ image }) => heatmaps.get(image)?.status === 'loading');
  const scale = scales.byKind[kind];
  const pointedItem = listed.find((item) => item.image === pointed);
  const doing = (waiting && engineWords) || failureOf(pointedItem, heatmaps);

  return (
    <div className={imagesStyles.topImages}>
      <div className={imagesStyles.readoutLine}>
        <p data-export="no">{doing || readout(pointedItem, waiting, scales.pictures, when, maps)}</p>
        {/* What is pointed at the picture itself says. */}
        <p className="sr-only" role="status" data-export="no">
          {doing || (waiting && 'Computing maps on this machine …')}
        </p>
        {when !== 'off' && scale && (
          <ScaleLegend
            scale={scale}
            label={`${MAP_NAMES[kind]} · one scale, ${count(scales.pictures)} ${scales.pictures === 1 ? 'picture' : 'pictures'}`}
          />
        )}
      </div>
      <div className={imagesStyles.ends} data-ends={ends.length}>
        {ends.map((end) => (
          <section key={end.name} className={imagesStyles.end} aria-label={`${end.name} pictures`}>
            <h3 className={imagesStyles.endTitle}>
              {end.name} <span className={imagesStyles.endCount}>{count(end.items.length)} listed</span>
            </h3>
            {end.items.length === 0 ? (
              <p className={styles.empty}>No picture of the set lies at this end.</p>
            ) : (
              <PicturesGrid
                items={end.items}
                keyOf={(item) => item.image}
                mostColumns={ends.length === 2 ? 4 : 8}
                label={`${end.name} pictures, strongest first`}
                tile={(item, _, focusProps) => (
                  <SetTile
                    item={item}
                    pictures={pictures}
                    pointed={pointed === item.image}
                    map={heatmaps.get(item.image)}
                    overlay={overlay}
                    onNeeded={() => need(item.image)}
                    onPoint={(on) => setPointed(on ? item.image : undefined)}
                    onOpen={() => setOpen(item.image)}
                    focusProps={focusProps}
                  />
                )}
              />
            )}
          </section>
        ))}
      </div>
      {detail.looked === 'strongest' && (
        <p className={styles.note}>
          Found among the neuron’s <Explain id="looked">strongest pictures alone</Explain>: others may lie
          between those listed here.
        </p>
      )}
      <SetDialog
        listed={listed}
        open={open}
        onOpen={setOpen}
        pictures={pictures}
        page={page}
        detail={detail}
        overlay={overlay}
      />
    </div>
  );
}

/** Why the picture pointed at has no map, where that is so. */
function failureOf(pointed: ListedImage | undefined, heatmaps: NeuronPage['heatmaps']): string | undefined {
  const map = pointed && heatmaps.get(pointed.image);
  return map?.status === 'failed' ? `No map: ${map.message} Click the picture to try again.` : undefined;
}

function readout(
  pointed: ListedImage | undefined,
  waiting: boolean,
  ready: number,
  when: Overlay,
  maps: boolean,
): string {
  const computing = 'computing maps on this machine …';
  if (pointed) return `${signed(pointed.value)} · ${pointed.caption}${waiting ? ` · ${computing}` : ''}`;
  if (waiting) return `C${computing.slice(1)}`;
  if (when === 'hover' && ready === 0)
    return `Point at a picture, or walk with the arrow keys, to see where the ${maps ? 'neuron looks' : 'direction comes from'}. The first map starts the model on this machine.`;
  const more = maps ? 'for both maps and the numbers' : 'to see it large, with its map';
  return `Point at a picture for its caption; click it ${more}.`;
}
