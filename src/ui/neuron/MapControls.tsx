import type { MapKind, Overlay, SignChoice } from '../../state/index.ts';
import type { MapForm } from '../charts/upsample.ts';
import imagesStyles from './images.module.css';
import type { ShownMap } from './overlayMaps.ts';
import { Segmented } from './Segmented.tsx';

interface Props {
  readonly overlay: Overlay;
  readonly kind: ShownMap;
  readonly form: MapForm;
  readonly sign: SignChoice;
  readonly onOverlay: (overlay: Overlay) => void;
  readonly onKind: (kind: MapKind) => void;
  readonly onForm: (form: MapForm) => void;
  readonly onSign: (sign: SignChoice) => void;
}

/** When maps are drawn, which, and how; and which end of the activation is listed. */
export function MapControls({ overlay, kind, form, sign, onOverlay, onKind, onForm, onSign }: Props) {
  return (
    <div className={imagesStyles.toolbar}>
      <Segmented
        label="Heat map"
        value={overlay}
        onChange={onOverlay}
        choices={[
          { value: 'off', label: 'off' },
          { value: 'hover', label: 'on hover' },
          { value: 'always', label: 'always' },
        ]}
      />
      {kind !== 'direction' && (
        <Segmented
          label="Which map"
          quiet
          value={kind}
          onChange={onKind}
          choices={[
            { value: 'activation', label: 'activation' },
            { value: 'second-order', label: 'second-order effect' },
          ]}
        />
      )}
      <Segmented
        label="How the map is drawn"
        quiet
        value={form}
        onChange={onForm}
        choices={[
          { value: 'smooth', label: 'smooth' },
          { value: 'cells', label: 'patches' },
        ]}
      />
      <Segmented
        label="Which ends"
        quiet
        value={sign}
        onChange={onSign}
        choices={[
          { value: 'both', label: 'both' },
          { value: 'positive', label: '+' },
          { value: 'negative', label: '−' },
        ]}
      />
    </div>
  );
}
