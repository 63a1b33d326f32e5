import { ChartTwin } from './ChartTwin.tsx';
import { signed } from './format.ts';

interface Props {
  readonly caption: string;
  /** [side·side], row-major from the top left. */
  readonly map: ArrayLike<number>;
  readonly side: number;
  readonly print?: (value: number) => string;
}

/** The values of a map, patch by patch, as the picture lies. */
export function MapTwin({ caption, map, side, print = signed }: Props) {
  const numbers = Array.from({ length: side }, (_, i) => i);
  return (
    <ChartTwin
      caption={caption}
      columns={['row', ...numbers.map((column) => `column ${column + 1}`)]}
      rows={() =>
        numbers.map((row) => [String(row + 1), ...numbers.map((column) => print(map[row * side + column]!))])
      }
    />
  );
}
