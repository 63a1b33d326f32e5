import { directionsOf } from '../../state/directions.ts';
import { encodeView, type Neighbour, overviewOf, useLens } from '../../state/index.ts';
import { neighboursSheet } from '../../state/tables/neuronTables.ts';
import { Panel } from '../panel/Panel.tsx';
import { Neighbours } from './Neighbours.tsx';

interface Props {
  readonly block: number;
  readonly similar: readonly Neighbour[];
  readonly opposite: readonly Neighbour[];
}

export function NeighboursPanel({ block, similar, opposite }: Props) {
  const view = useLens((state) => state.view);
  const previews = useLens((state) => overviewOf(state, block)?.previewImages);
  const previewsOf = (neuron: number): readonly number[] =>
    previews ? [...previews.subarray(4 * neuron, 4 * neuron + 4)].filter((image) => image >= 0) : [];
  const kind = useLens((state) => (directionsOf(state) ? 'direction' : 'neuron'));
  return (
    <Panel
      title={`${kind === 'neuron' ? 'Neurons' : 'Directions'} like it, and against it`}
      explain="cosine"
      area="neighbours"
      table={(of) => neighboursSheet(of, { neighbours: similar, opposites: opposite })}
    >
      <Neighbours
        similar={similar}
        opposite={opposite}
        kind={kind}
        previews={previewsOf}
        href={(neuron) => encodeView({ ...view, page: 'neuron', neuron })}
      />
    </Panel>
  );
}
