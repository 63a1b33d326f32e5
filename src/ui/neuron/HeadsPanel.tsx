import type { HeadShare } from '../../state/index.ts';
import { headsSheet } from '../../state/tables/neuronTables.ts';
import { HeadGrid } from '../charts/HeadGrid.tsx';
import { Panel } from '../panel/Panel.tsx';
import { headRows } from './headRows.ts';

export function HeadsPanel({ shares }: { readonly shares: readonly HeadShare[] }) {
  return (
    <Panel
      title="Which later heads carry it"
      explain="headShare"
      area="heads"
      table={(of) => headsSheet(of, shares)}
    >
      <HeadGrid rows={headRows(shares)} label="Share of the effect carried by each later head, in percent" />
    </Panel>
  );
}
