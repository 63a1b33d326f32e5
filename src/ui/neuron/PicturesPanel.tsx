import { directionsOf } from '../../state/directions.ts';
import { loadedValue, type NeuronPage, useLens } from '../../state/index.ts';
import { picturesSheet } from '../../state/tables/neuronTables.ts';
import type { MapForm } from '../charts/upsample.ts';
import { Panel } from '../panel/Panel.tsx';
import { MapControls } from './MapControls.tsx';
import { Pending } from './Pending.tsx';
import { reload } from './reload.ts';
import { TopImages } from './TopImages.tsx';
import type { MapOverlay } from './useOverlay.ts';

interface Props {
  readonly page: NeuronPage;
  readonly overlay: MapOverlay;
  readonly onForm: (form: MapForm) => void;
}

/** The set's pictures at both ends of the neuron's activation, and how maps lie over them. */
export function PicturesPanel({ page, overlay, onForm }: Props) {
  const sign = useLens((state) => state.view.sign);
  const pictures = useLens((state) => state.pictures);
  const maps = useLens((state) => directionsOf(state) === undefined);
  const { setView } = useLens.getState();
  const controls = (
    <MapControls
      overlay={overlay.when}
      kind={overlay.kind}
      form={overlay.form}
      sign={sign}
      onOverlay={(chosen) => setView({ overlay: chosen })}
      onKind={(chosen) => setView({ map: chosen })}
      onForm={onForm}
      onSign={(chosen) => setView({ sign: chosen })}
    />
  );
  const detail = loadedValue(page.detail);
  const retry = (): void => reload(page.block, page.neuron);
  return (
    <Panel
      title="Pictures at both ends"
      explain={maps ? 'activation' : 'givenDirection'}
      area="images"
      aside={controls}
      fills
      table={
        detail &&
        ((of) =>
          picturesSheet(of, detail, page.measures, (image) =>
            maps ? loadedValue(page.heatmaps.get(image)) : undefined,
          ))
      }
    >
      <Pending loadable={page.detail} what="the analysis of this block" onRetry={retry}>
        {(detail) => (
          <Pending loadable={pictures} what="pictures" onRetry={retry}>
            {(set) => <TopImages page={page} detail={detail} pictures={set} overlay={overlay} sign={sign} />}
          </Pending>
        )}
      </Pending>
    </Panel>
  );
}
