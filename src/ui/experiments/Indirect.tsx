import { useMemo, useState } from 'react';
import { type IndirectMeasure, type IndirectTables, indirectSeries } from '../../state/index.ts';
import { seriesSheet } from '../../state/tables/experimentTables.ts';
import { BlockChart, type BlockLine } from '../charts/BlockChart.tsx';
import { type ChartPoint, rangeOf } from '../charts/blockChartLayout.ts';
import { number, signed } from '../charts/format.ts';
import { Segmented } from '../neuron/Segmented.tsx';
import styles from './experiments.module.css';
import { Legend } from './Legend.tsx';
import { ResultPanel } from './ResultPanel.tsx';
import { SeriesTable } from './SeriesTable.tsx';

const MEASURES = [
  { value: 'length', label: 'length' },
  { value: 'cosine', label: 'cosine' },
  { value: 'labelScore', label: 'label’s score' },
  { value: 'accuracy', label: 'accuracy' },
] as const;

const AXIS: Record<IndirectMeasure, string> = {
  length: 'length, of an image of 100',
  cosine: 'cosine of indirect and second order',
  labelScore: 'change of the label’s score, logits',
  accuracy: 'change of accuracy, points',
};

/** Indirect effects beside second-order ones, by block. */
export function Indirect({ tables }: { readonly tables: IndirectTables }) {
  const [measure, setMeasure] = useState<IndirectMeasure>('length');
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const [said, setSaid] = useState<string>();
  const parts = useMemo(
    () => tables.parts.map((part) => ({ ...part, series: indirectSeries(part.rows, measure) })),
    [tables, measure],
  );
  const series = parts[0]?.series ?? [];
  const lines = (part: (typeof parts)[number]): BlockLine[] =>
    part.series.filter(({ id }) => !hidden.includes(id));
  const range = rangeOf(parts.flatMap(lines), [0]);
  const print = (value: number): string => (isChange(measure) ? signed(value, 2) : number(value, 2));
  const sentence = ({ label }: BlockLine, { block, value, error }: ChartPoint, part: string): string =>
    `Block ${block}, ${label}: ${print(value)}${error === undefined ? '' : ` ± ${number(error, 2)}`} (${part})`;
  return (
    <>
      <ResultPanel
        title="Indirect effects by block"
        aside={<Segmented label="Shown" value={measure} onChange={setMeasure} choices={MEASURES} />}
        sheet={({ about }) => seriesSheet(`${about.experiment} ${measure} by block`, parts)}
      >
        <Legend series={series} hidden={hidden} onHidden={setHidden} />
        <div className={styles.charts}>
          {parts.map((part) => (
            <figure key={part.name} className={`panel ${styles.figure}`}>
              <figcaption>
                <strong>{part.name}</strong>, {part.rows[0]?.neurons ?? 0} neurons a block, {part.images}{' '}
                pictures
              </figcaption>
              {range && (
                <BlockChart
                  lines={lines(part)}
                  range={range}
                  rule={isChange(measure) ? 0 : undefined}
                  label={`${part.name}: points of the chart`}
                  yLabel={AXIS[measure]}
                  print={(value) => number(value, 2)}
                  sentence={(line, point) => sentence(line, point, part.name)}
                  onPoint={setSaid}
                />
              )}
            </figure>
          ))}
        </div>
        <p className={styles.said} data-export={said && 'no'}>
          {said ?? 'Bars are one standard error over the neurons drawn.'}
        </p>
      </ResultPanel>
      {parts.map((part) => (
        <SeriesTable
          key={part.name}
          caption={`${part.name}: ${AXIS[measure]}, ± one standard error`}
          series={part.series}
          print={print}
          printError={(error) => number(error, 2)}
        />
      ))}
    </>
  );
}

const isChange = (measure: IndirectMeasure): boolean => measure === 'labelScore' || measure === 'accuracy';
