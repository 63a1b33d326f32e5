import { useEffect } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { LOADING, type Loadable, type PictureSet } from '../../state/data.ts';
import type { HeatmapPair, ListedImage, NeuronDetail } from '../../state/neuronTypes.ts';
import { MAPS } from '../../state/view.ts';
import { Explain } from '../app/Explain.tsx';
import { signed } from '../charts/format.ts';
import { HeatmapCanvas } from '../charts/HeatmapCanvas.tsx';
import { ScaleLegend } from '../charts/ScaleLegend.tsx';
import type { MapForm } from '../charts/upsample.ts';
import { SetPicture } from '../pictures-grid/SetPicture.tsx';
import { EffectTable } from './EffectTable.tsx';
import { MAP_MEANINGS, MAP_NAMES } from './mapWords.ts';
import styles from './neuron.module.css';
import { effectParts, mapOf, scaleOver } from './overlayMaps.ts';
import { Pending } from './Pending.tsx';

interface Props {
  readonly item: ListedImage;
  /** Its place among the listed pictures, from 0. */
  readonly place: number;
  readonly of: number;
  readonly detail: NeuronDetail;
  readonly pictures: PictureSet;
  readonly map: Loadable<HeatmapPair> | undefined;
  readonly heatmaps: ReadonlyMap<number, Loadable<HeatmapPair>>;
  /** The pictures the scale is shared with. */
  readonly shown: readonly number[];
  readonly form: MapForm;
  readonly engineWords: string | undefined;
  readonly onNeedMaps: (images: readonly number[]) => void;
  readonly onStep: (by: -1 | 1) => void;
  readonly onClose: () => void;
}

/** One picture large, both maps beside it, and its activation taken apart. */
export function ImageDialog(props: Props) {
  const { item, detail, pictures, map, heatmaps, shown, form, onNeedMaps, onStep, onClose } = props;
  const missing = map === undefined;
  useEffect(() => {
    // Only what was never asked for: a failed map is tried again by its button, not for ever.
    if (missing) onNeedMaps([item.image]);
  }, [missing, item.image, onNeedMaps]);
  const cell = pictures.cell(item.image);
  return (
    <ModalOverlay className={styles.veil!} isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={styles.modal!}>
        <Dialog className={styles.dialog!}>
          <header className={styles.dialogHead}>
            <div>
              <Heading slot="title">Picture {item.image}</Heading>
              <p>{item.caption}</p>
            </div>
            <nav aria-label="Listed pictures" className={styles.dialogNav}>
              <Button
                className={styles.button!}
                isDisabled={props.place === 0}
                onPress={() => onStep(-1)}
                aria-label="Previous picture"
              >
                ←
              </Button>
              <span>
                {props.place + 1} of {props.of}
              </span>
              <Button
                className={styles.button!}
                isDisabled={props.place === props.of - 1}
                onPress={() => onStep(1)}
                aria-label="Next picture"
              >
                →
              </Button>
              <Button className={styles.button!} onPress={onClose}>
                Close
              </Button>
            </nav>
          </header>
          <div className={styles.large}>
            <figure>
              <div className={styles.largePicture}>
                <SetPicture cell={cell} alt={item.caption} />
              </div>
              <figcaption>
                <strong>Signed activation {signed(item.value)}</strong>
                <span>along the neuron’s direction, centred on the set</span>
              </figcaption>
            </figure>
            {MAPS.map((kind) => {
              const scale = scaleOver(heatmaps, shown, kind);
              const pair = map?.status === 'ready' ? map.value : undefined;
              return (
                <figure key={kind}>
                  <div className={styles.largePicture}>
                    <SetPicture cell={cell} alt={`${MAP_NAMES[kind]} over the same picture`} grey />
                    {pair && scale && (
                      <HeatmapCanvas map={mapOf(pair, kind)} side={pair.gridSide} scale={scale} form={form} />
                    )}
                    {!pair && map?.status !== 'failed' && <span className={styles.tileWaiting} />}
                  </div>
                  <figcaption>
                    <strong>
                      <Explain id={kind === 'activation' ? 'activationMap' : 'secondOrderMap'}>
                        {MAP_NAMES[kind]}
                      </Explain>
                    </strong>
                    <span>{MAP_MEANINGS[kind]}</span>
                    {scale && <ScaleLegend scale={scale} label="the same scale as in the list" />}
                  </figcaption>
                </figure>
              );
            })}
          </div>
          <Pending
            loadable={map?.status === 'idle' || !map ? LOADING : map}
            what={map?.status === 'failed' ? 'maps' : (props.engineWords ?? 'maps')}
            onRetry={() => onNeedMaps([item.image])}
          >
            {(pair) => <EffectTable parts={effectParts(pair, item.value, detail.mean, detail.direction)} />}
          </Pending>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
