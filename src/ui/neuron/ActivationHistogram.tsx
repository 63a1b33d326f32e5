import { useState } from 'react';
import { directionsOf } from '../../state/directions.ts';
import { type ActivationHistogram as Counts, type Looked, useLens } from '../../state/index.ts';
import { histogramSheet } from '../../state/tables/neuronTables.ts';
import { Explain } from '../app/Explain.tsx';
import { ChartTwin } from '../charts/ChartTwin.tsx';
import { count, number, signed } from '../charts/format.ts';
import { Histogram, type HistogramProps, type Mark } from '../charts/Histogram.tsx';
import type { CountAxis } from '../charts/histogramLayout.ts';
import { useEnlarged } from '../panel/enlarged.ts';
import { Panel } from '../panel/Panel.tsx';
import styles from './neuron.module.css';
import { Segmented } from './Segmented.tsx';

interface Props {
  readonly histogram: Counts;
  readonly looked: Looked;
  readonly threshold: number | undefined;
  /** The person's own pictures, marked on the axis. */
  readonly marks: readonly Mark[];
}

/** How the whole set spreads along the neuron's direction. */
export function ActivationHistogram({ histogram, looked, threshold, marks }: Props) {
  const given = useLens((state) => directionsOf(state) !== undefined);
  const [axis, setAxis] = useState<CountAxis>('log');
  const [bin, setBin] = useState<string>();
  const { from, to, counts } = histogram;
  const step = (to - from) / counts.length;
  const edges = Array.from({ length: counts.length + 1 }, (_, i) => from + i * step);
  const aside = (
    <Segmented
      label="Count axis"
      quiet
      value={axis}
      onChange={setAxis}
      choices={[
        { value: 'log', label: 'log count' },
        { value: 'linear', label: 'linear' },
      ]}
    />
  );
  return (
    <Panel
      title={looked === 'all' ? 'Spread over the whole set' : 'Spread of the strongest pictures'}
      explain="histogram"
      area="histogram"
      table={(of) => histogramSheet(of, { histogram, looked }, threshold)}
      aside={aside}
    >
      <Bars
        bins={{ edges, counts }}
        axis={axis}
        xLabel="signed activation"
        label="Images by signed activation, bin by bin"
        marks={marks}
        onBin={setBin}
        {...(threshold === undefined ? {} : { threshold })}
      />
      {looked === 'strongest' && (
        <p className={styles.note}>
          Only the neuron’s <Explain id="looked">strongest pictures</Explain> were counted,{' '}
          {count(counts.reduce((sum, images) => sum + images, 0))} of the set; all others lie between the
          dashed lines.
        </p>
      )}
      <p className={styles.note} data-export={bin && 'no'}>
        {bin ?? (
          <>
            Dashed: ± the <Explain id="threshold">threshold</Explain>
            {threshold === undefined ? '' : ` ${number(threshold)}`}.{' '}
            {given
              ? 'On the lines and beyond lie the strongest pictures.'
              : 'It is set on the effect’s length, which is never below |activation|: beyond the lines every picture is significant, between them some may be.'}
          </>
        )}
      </p>
      <ChartTwin
        caption="Images by signed activation, bin by bin"
        columns={['from', 'to', 'images']}
        rows={() =>
          Array.from(counts, (images, i) => [signed(edges[i]!), signed(edges[i + 1]!), count(images)])
        }
      />
    </Panel>
  );
}

/** CSS pixels, in the page and with the window to itself. */
const HEIGHT = 156;
const LARGE = 420;

const Bars = (props: HistogramProps) => <Histogram {...props} height={useEnlarged() ? LARGE : HEIGHT} />;
