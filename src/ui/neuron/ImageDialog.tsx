import { type ReactNode, useEffect } from 'react';
import { Button, Dialog, Heading, Modal } from 'react-aria-components';
import { isShown } from '../../state/directions.ts';
import {
  type HeatmapPair,
  LOADING,
  type Loadable,
  MAPS,
  type NeuronDetail,
  useLens,
} from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { Veil } from '../app/Veil.tsx';
import { signed } from '../charts/format.ts';
import { HeatmapCanvas } from '../charts/HeatmapCanvas.tsx';
import { MapTwin } from '../charts/MapTwin.tsx';
import { mapSentence } from '../charts/mapSentence.ts';
import { ScaleLegend } from '../charts/ScaleLegend.tsx';
import { CopyLinkButton } from '../share/CopyLinkButton.tsx';
import controlsStyles from './controls.module.css';
import dialogStyles from './dialog.module.css';
import { EffectTable } from './EffectTable.tsx';
import imagesStyles from './images.module.css';
import { MAP_MEANINGS, MAP_NAMES } from './mapWords.ts';
import { effectParts, mapOf, type ShownMap } from './overlayMaps.ts';
import { Pending } from './Pending.tsx';
import type { MapOverlay } from './useOverlay.ts';

interface Props {
  readonly title: string;
  /** As an address names it. */
  readonly image: string;
  readonly caption: string;
  readonly value: number | undefined;
  readonly picture: (alt: string, grey: boolean) => ReactNode;
  /** Its place among the pictures listed with it, from 0. */
  readonly place: number;
  readonly of: number;
  readonly detail: NeuronDetail;
  readonly map: Loadable<HeatmapPair> | undefined;
  readonly overlay: MapOverlay;
  readonly onNeedMap: () => void;
  readonly onStep: (by: -1 | 1) => void;
  readonly onClose: () => void;
}

/** One picture large, both maps beside it, and its signed activation taken apart. */
export function ImageDialog(props: Props) {
  const { title, caption, value, picture, detail, map, overlay, onNeedMap, onClose } = props;
  const maps = overlay.kind !== 'direction';
  const missing = map === undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks once for each picture; a failed map is tried again by its button, not for ever
  useEffect(() => {
    if (missing) onNeedMap();
  }, [missing, title]);
  return (
    <Veil onClose={onClose}>
      <Modal className={dialogStyles.modal!}>
        <Dialog className={dialogStyles.dialog!}>
          <header className={dialogStyles.dialogHead}>
            <div>
              <Heading slot="title">{title}</Heading>
              <p>{caption}</p>
            </div>
            <Steps {...props} />
          </header>
          <div className={dialogStyles.large}>
            <figure>
              <div className={dialogStyles.largePicture}>{picture(caption, false)}</div>
              <figcaption>
                <strong>
                  <Explain id="activation">Signed activation</Explain>{' '}
                  {value === undefined ? '…' : signed(value)}
                </strong>
                <span>along the {maps && 'neuron’s '}direction, centred on the set</span>
              </figcaption>
            </figure>
            {(maps ? MAPS : (['direction'] as const)).map((kind) => (
              <LargeMap key={kind} kind={kind} picture={picture} map={map} overlay={overlay} />
            ))}
          </div>
          <Pending
            loadable={map === undefined || map.status === 'idle' ? LOADING : map}
            what="maps"
            words={overlay.engineWords}
            onRetry={onNeedMap}
          >
            {(pair) =>
              value === undefined || !maps ? null : (
                <EffectTable parts={effectParts(pair, value, detail.meanAlong)} />
              )
            }
          </Pending>
        </Dialog>
      </Modal>
    </Veil>
  );
}

function Steps({ title, image, place, of, onStep, onClose }: Props) {
  const apart = useLens((state) => isShown(state, 'image'));
  return (
    <nav aria-label="Listed pictures" className={dialogStyles.dialogNav}>
      <Button
        className={controlsStyles.button!}
        isDisabled={place === 0}
        onPress={() => onStep(-1)}
        aria-label="Previous picture"
      >
        ←
      </Button>
      <span>
        {place + 1} of {of}
      </span>
      <Button
        className={controlsStyles.button!}
        isDisabled={place === of - 1}
        onPress={() => onStep(1)}
        aria-label="Next picture"
      >
        →
      </Button>
      {apart && <CopyLinkButton to={{ page: 'image', image }} what={`${title}, taken apart`} />}
      <Button className={controlsStyles.button!} onPress={onClose}>
        Close
      </Button>
    </nav>
  );
}

interface LargeMapProps extends Pick<Props, 'picture' | 'map' | 'overlay'> {
  readonly kind: ShownMap;
}

const EXPLAINED = {
  activation: 'activationMap',
  'second-order': 'secondOrderMap',
  direction: 'directionMap',
} as const;

function LargeMap({ kind, picture, map, overlay }: LargeMapProps) {
  const scale = overlay.scales.byKind[kind];
  const pair = map?.status === 'ready' ? map.value : undefined;
  return (
    <figure>
      <div className={dialogStyles.largePicture}>
        {picture(`${MAP_NAMES[kind]} over the same picture`, true)}
        {pair && scale && (
          <HeatmapCanvas map={mapOf(pair, kind)} side={pair.gridSide} scale={scale} form={overlay.form} />
        )}
        {!pair && map?.status !== 'failed' && <span className={imagesStyles.tileWaiting} />}
      </div>
      <figcaption>
        <strong>
          <Explain id={EXPLAINED[kind]}>{MAP_NAMES[kind]}</Explain>
        </strong>
        <span>{MAP_MEANINGS[kind]}</span>
        {pair && <span>{mapSentence(mapOf(pair, kind), pair.gridSide)}</span>}
        {scale && <ScaleLegend scale={scale} label="the same scale as in the list" />}
        {pair && (
          <MapTwin
            caption={`${MAP_NAMES[kind]}, patch by patch`}
            map={mapOf(pair, kind)}
            side={pair.gridSide}
          />
        )}
      </figcaption>
    </figure>
  );
}
