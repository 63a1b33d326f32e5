import { type ComponentProps, useEffect } from 'react';
import type { Loadable, SpriteCell } from '../../state/data.ts';
import type { HeatmapPair, ListedImage } from '../../state/neuronTypes.ts';
import type { MapKind } from '../../state/view.ts';
import { signed } from '../charts/format.ts';
import { HeatmapCanvas } from '../charts/HeatmapCanvas.tsx';
import type { MapScale } from '../charts/mapScale.ts';
import type { MapForm } from '../charts/upsample.ts';
import { SetPicture } from '../pictures-grid/SetPicture.tsx';
import styles from './neuron.module.css';
import { mapOf } from './overlayMaps.ts';

interface Props {
  readonly item: ListedImage;
  readonly cell: SpriteCell;
  /** Whether the map is to be seen now. */
  readonly shown: boolean;
  readonly map: Loadable<HeatmapPair> | undefined;
  readonly kind: MapKind;
  readonly form: MapForm;
  readonly scale: MapScale | undefined;
  /** Called while the map is to be seen and was never asked for. */
  readonly onNeeded: (image: number) => void;
  readonly onPoint: (image: number | undefined) => void;
  readonly onOpen: (image: number) => void;
  readonly focusProps: Pick<ComponentProps<'button'>, 'tabIndex' | 'onFocus' | 'onKeyDown'> & {
    readonly ref: (element: HTMLElement | null) => void;
  };
}

/** One picture of a neuron with its activation, and its map when asked for. */
export function ImageTile(props: Props) {
  const { item, cell, shown, map, kind, form, scale, onNeeded, onPoint, onOpen, focusProps } = props;
  const missing = shown && map === undefined;
  useEffect(() => {
    if (missing) onNeeded(item.image);
  }, [missing, item.image, onNeeded]);
  const pair = shown && map?.status === 'ready' ? map.value : undefined;
  const waiting = shown && (map === undefined || map.status === 'idle' || map.status === 'loading');
  const failed = shown && map?.status === 'failed' ? map.message : undefined;
  return (
    <button
      type="button"
      className={styles.tile}
      {...focusProps}
      aria-label={`${item.caption}. Activation ${signed(item.value)}.${failed ? ` No map: ${failed}` : ''}`}
      aria-haspopup="dialog"
      onClick={() => onOpen(item.image)}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onPoint(item.image)}
      onPointerLeave={() => onPoint(undefined)}
      onFocus={(event) => {
        focusProps.onFocus?.(event);
        if (event.currentTarget.matches(':focus-visible')) onPoint(item.image);
      }}
      onBlur={() => onPoint(undefined)}
    >
      <span className={styles.tilePicture}>
        <SetPicture cell={cell} alt="" grey={pair !== undefined} />
        {pair && scale && (
          <HeatmapCanvas map={mapOf(pair, kind)} side={pair.gridSide} scale={scale} form={form} />
        )}
        {waiting && <span className={styles.tileWaiting} />}
        {failed && <span className={styles.tileFailed}>no map</span>}
      </span>
      <span className={styles.tileValue} data-sign={item.value < 0 ? 'negative' : 'positive'}>
        {signed(item.value)}
      </span>
    </button>
  );
}
