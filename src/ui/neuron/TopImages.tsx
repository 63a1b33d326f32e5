import { useCallback, useMemo, useState } from 'react';
import type { Loadable, PictureSet } from '../../state/data.ts';
import type { HeatmapPair, ListedImage, NeuronDetail } from '../../state/neuronTypes.ts';
import type { MapKind, Overlay, SignChoice } from '../../state/view.ts';
import { count, signed } from '../charts/format.ts';
import { ScaleLegend } from '../charts/ScaleLegend.tsx';
import type { MapForm } from '../charts/upsample.ts';
import { PicturesGrid } from '../pictures-grid/PicturesGrid.tsx';
import { ImageDialog } from './ImageDialog.tsx';
import { ImageTile } from './ImageTile.tsx';
import { MapControls } from './MapControls.tsx';
import { MAP_NAMES } from './mapWords.ts';
import styles from './neuron.module.css';
import { mapsReady, scaleOver } from './overlayMaps.ts';
import { Segmented } from './Segmented.tsx';

interface Props {
  readonly detail: NeuronDetail;
  readonly pictures: PictureSet;
  readonly heatmaps: ReadonlyMap<number, Loadable<HeatmapPair>>;
  readonly overlay: Overlay;
  readonly kind: MapKind;
  readonly sign: SignChoice;
  /** What the engine is doing, while maps are on their way and it is not yet running. */
  readonly engineWords: string | undefined;
  readonly onOverlay: (overlay: Overlay) => void;
  readonly onKind: (kind: MapKind) => void;
  readonly onSign: (sign: SignChoice) => void;
  readonly onNeedMaps: (images: readonly number[]) => void;
}

/** After the first map a person asked for, these many of each end follow, so that the scale stands still. */
const FOLLOWING = 12;

/** The pictures at both ends of the neuron's signed activation, with its maps over them. */
export function TopImages(props: Props) {
  const { detail, pictures, heatmaps, overlay, kind, sign, engineWords, onNeedMaps } = props;
  const [form, setForm] = useState<MapForm>('smooth');
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
  const shown = useMemo(() => listed.map((item) => item.image), [listed]);
  const scale = useMemo(() => scaleOver(heatmaps, shown, kind), [heatmaps, shown, kind]);
  const ready = mapsReady(heatmaps, shown);
  const need = useCallback(
    (image: number) => {
      onNeedMaps([image]);
      onNeedMaps(ends.flatMap((end) => end.items.slice(0, FOLLOWING).map((item) => item.image)));
    },
    [onNeedMaps, ends],
  );
  const waiting = shown.some((image) => heatmaps.get(image)?.status === 'loading');
  const pointedItem = listed.find((item) => item.image === pointed);
  const openIndex = listed.findIndex((item) => item.image === open);

  return (
    <div className={styles.topImages}>
      <div className={styles.toolbar}>
        <MapControls
          overlay={overlay}
          kind={kind}
          form={form}
          onOverlay={props.onOverlay}
          onKind={props.onKind}
          onForm={setForm}
        />
        <Segmented
          label="Which ends"
          quiet
          value={sign}
          onChange={props.onSign}
          choices={[
            { value: 'both', label: 'both' },
            { value: 'positive', label: '+' },
            { value: 'negative', label: '−' },
          ]}
        />
      </div>
      <div className={styles.readoutLine}>
        <p role="status">{readout(pointedItem, waiting, ready, overlay, engineWords)}</p>
        {overlay !== 'off' && scale && (
          <ScaleLegend
            scale={scale}
            label={`${MAP_NAMES[kind]} · one scale, ${count(ready)} ${ready === 1 ? 'picture' : 'pictures'}`}
          />
        )}
      </div>
      <div className={styles.ends} data-ends={ends.length}>
        {ends.map((end) => (
          <section key={end.name} className={styles.end} aria-label={`${end.name} pictures`}>
            <h3 className={styles.endTitle}>
              {end.name} <span>{count(end.items.length)} listed</span>
            </h3>
            {end.items.length === 0 ? (
              <p className={styles.empty}>No picture of the set lies at this end.</p>
            ) : (
              <PicturesGrid
                items={end.items}
                keyOf={(item) => item.image}
                label={`${end.name} pictures, strongest first`}
                tile={(item, _, focusProps) => (
                  <ImageTile
                    item={item}
                    cell={pictures.cell(item.image)}
                    shown={overlay === 'always' || (overlay === 'hover' && pointed === item.image)}
                    map={heatmaps.get(item.image)}
                    kind={kind}
                    form={form}
                    scale={scale}
                    onNeeded={need}
                    onPoint={setPointed}
                    onOpen={setOpen}
                    focusProps={focusProps}
                  />
                )}
              />
            )}
          </section>
        ))}
      </div>
      {openIndex >= 0 && (
        <ImageDialog
          item={listed[openIndex]!}
          place={openIndex}
          of={listed.length}
          detail={detail}
          pictures={pictures}
          map={heatmaps.get(listed[openIndex]!.image)}
          heatmaps={heatmaps}
          shown={shown}
          form={form}
          engineWords={engineWords}
          onNeedMaps={onNeedMaps}
          onStep={(by) => setOpen(listed[openIndex + by]?.image)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}

function readout(
  pointed: ListedImage | undefined,
  waiting: boolean,
  ready: number,
  overlay: Overlay,
  engineWords: string | undefined,
): string {
  if (waiting && engineWords) return engineWords;
  if (pointed) return `${signed(pointed.value)} · ${pointed.caption}`;
  if (waiting) return 'Computing maps on this machine …';
  if (overlay === 'hover' && ready === 0)
    return 'Point at a picture, or walk them with the arrow keys, to see where the neuron looks. The first map starts the model on this machine.';
  return 'Point at a picture for its caption; click it for both maps and the numbers.';
}
