import type { HeadShare } from '../../state/index.ts';
import { HeadGrid } from '../charts/HeadGrid.tsx';
import { headRows } from './headRows.ts';
import { Panel } from './Panel.tsx';

export function HeadsPanel({ shares }: { readonly shares: readonly HeadShare[] }) {
  return (
    <Panel title="Which later heads carry it" explain="headShare" area="heads">
      <HeadGrid rows={headRows(shares)} label="Share of the effect carried by each later head, in percent" />
    </Panel>
  );
}
