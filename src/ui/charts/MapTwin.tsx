import { ChartTwin } from './ChartTwin.tsx';
import { signed } from './format.ts';
import { mapColumns, mapTable } from './mapTable.ts';

interface Props {
  readonly caption: string;
  /** [side·side], row-major from the top left. */
  readonly map: ArrayLike<number>;
  readonly side: number;
}

/** The values of a map as a table, patch by patch. */
export function MapTwin({ caption, map, side }: Props) {
  return <ChartTwin caption={caption} columns={mapColumns(side)} rows={() => mapTable(map, side, signed)} />;
}
