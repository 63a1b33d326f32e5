import { type ComponentProps, type ReactNode, useEffect } from 'react';
import type { HeatmapPair, Loadable } from '../../state/index.ts';
import { signed } from '../charts/format.ts';
import { HeatmapCanvas } from '../charts/HeatmapCanvas.tsx';
import { mapSentence } from '../charts/mapSentence.ts';
import imagesStyles from './images.module.css';
import { MAP_NAMES } from './mapWords.ts';
import { mapOf } from './overlayMaps.ts';
import type { MapOverlay } from './useOverlay.ts';

interface Props {
  readonly caption: string;
  /** Signed activation; undefined while it is being measured. */
  readonly value: number | undefined;
  readonly picture: (grey: boolean) => ReactNode;
  /** Whether it is looked at, by a pointer or the keyboard. */
  readonly pointed: boolean;
  readonly map: Loadable<HeatmapPair> | undefined;
  readonly overlay: MapOverlay;
  /** Called when the map is to be seen and was never asked for. */
  readonly onNeeded: () => void;
  readonly onPoint: (pointed: boolean) => void;
  readonly onOpen: () => void;
  readonly focusProps: Pick<ComponentProps<'button'>, 'tabIndex' | 'onFocus' | 'onKeyDown'> & {
    readonly ref: (element: HTMLElement | null) => void;
  };
}

/** One picture of a neuron with its signed activation, and its map when asked for. */
export function ImageTile(props: Props) {
  const { caption, value, picture, pointed, map, overlay, onNeeded, onPoint, onOpen, focusProps } = props;
  const { when, kind, form, scales } = overlay;
  const shown = when === 'always' || (when === 'hover' && pointed);
  const scale = scales.byKind[kind];
  const missing = shown && map === undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks once when the map is first missing, whoever listens
  useEffect(() => {
    if (missing) onNeeded();
  }, [missing]);
  const pair = shown && map?.status === 'ready' ? map.value : undefined;
  const waiting = shown && (map === undefined || map.status === 'idle' || map.status === 'loading');
  const failed = shown && map?.status === 'failed' ? map.message : undefined;
  const where = pair ? ` ${MAP_NAMES[kind]}: ${mapSentence(mapOf(pair, kind), pair.gridSide)}` : '';
  const activation = value === undefined ? 'Not measured yet.' : `Signed activation ${signed(value)}.`;
  return (
    <button
      type="button"
      className={imagesStyles.tile}
      {...focusProps}
      aria-label={`${caption}. ${activation}${where}${failed ? ` No map: ${failed}` : ''}`}
      aria-haspopup="dialog"
      onClick={onOpen}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onPoint(true)}
      onPointerLeave={() => onPoint(false)}
      onFocus={(event) => {
        focusProps.onFocus?.(event);
        if (event.currentTarget.matches(':focus-visible')) onPoint(true);
      }}
      onBlur={() => onPoint(false)}
    >
      <span className={imagesStyles.tilePicture}>
        {picture(pair !== undefined)}
        {pair && scale && (
          <HeatmapCanvas map={mapOf(pair, kind)} side={pair.gridSide} scale={scale} form={form} />
        )}
        {waiting && <span className={imagesStyles.tileWaiting} />}
        {failed && <span className={imagesStyles.tileFailed}>no map</span>}
      </span>
      <span
        className={imagesStyles.tileValue}
        data-sign={value !== undefined && value < 0 ? 'negative' : 'positive'}
      >
        {value === undefined ? '…' : signed(value)}
      </span>
    </button>
  );
}
