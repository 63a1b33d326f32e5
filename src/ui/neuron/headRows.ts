import type { HeadShare } from '../../state/index.ts';
import type { HeadRow } from '../charts/HeadGrid.tsx';

/** Shares of single heads gathered by block, blocks and heads in order. */
export function headRows(shares: readonly HeadShare[]): HeadRow[] {
  const byBlock = new Map<number, number[]>();
  for (const { head, share } of shares) {
    const row = byBlock.get(head.block) ?? [];
    row[head.head] = share;
    byBlock.set(head.block, row);
  }
  return [...byBlock].sort(([a], [b]) => a - b).map(([block, row]) => ({ block, shares: row }));
}
