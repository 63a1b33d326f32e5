import type { MapKind, Overlay } from '../../state/view.ts';
import type { MapForm } from '../charts/upsample.ts';
import styles from './neuron.module.css';
import { Segmented } from './Segmented.tsx';

interface Props {
  readonly overlay: Overlay;
  readonly kind: MapKind;
  readonly form: MapForm;
  readonly onOverlay: (overlay: Overlay) => void;
  readonly onKind: (kind: MapKind) => void;
  readonly onForm: (form: MapForm) => void;
}

/** When maps are drawn, which, and how. */
export function MapControls({ overlay, kind, form, onOverlay, onKind, onForm }: Props) {
  return (
    <div className={styles.mapControls}>
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
    </div>
  );
}
