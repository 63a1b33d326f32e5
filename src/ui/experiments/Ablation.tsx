import { useMemo, useState } from 'react';
import {
  type AblationMeasure,
  type AblationTables,
  ablationSeries,
  baselineOf,
  type Series,
} from '../../state/index.ts';
import { seriesSheet } from '../../state/tables/experimentTables.ts';
import { BlockChart, type BlockLine } from '../charts/BlockChart.tsx';
import { type ChartPoint, rangeOf } from '../charts/blockChartLayout.ts';
import { signedFixed } from '../charts/format.ts';
import { Segmented } from '../neuron/Segmented.tsx';
import styles from './experiments.module.css';
import { Legend } from './Legend.tsx';
import { ResultPanel } from './ResultPanel.tsx';
import { SeriesTable } from './SeriesTable.tsx';

const MEASURES = [
  { value: 'accuracy', label: 'accuracy' },
  { value: 'change', label: 'change, same pictures' },
] as const;

const TITLES: Readonly<Record<AblationMeasure, string>> = {
  accuracy: 'Accuracy by block',
  change: 'Change of accuracy by block',
};

/** At first those that the questions are about; the others are a press away. */
const HIDDEN_AT_FIRST = (series: readonly Series[]): string[] => {
  const longest = series.filter(({ look }) => look.kind === 'ramp').at(-1)?.id;
  return series
    .filter(({ id, look }) =>
      look.kind === 'ramp' ? id !== longest : look.kind === 'chance' && id !== 'push withoutAll',
    )
    .map(({ id }) => id);
};

/** The paper's figure: accuracy against the block whose effects were taken out or put in words. */
export function Ablation({ tables }: { readonly tables: AblationTables }) {
  const [measure, setMeasure] = useState<AblationMeasure>('accuracy');
  const [hidden, setHidden] = useState<readonly string[]>();
  const [said, setSaid] = useState<string>();
  const parts = useMemo(
    () =>
      tables.parts.map(({ name, images, rows }) => ({
        name,
        images,
        baseline: baselineOf(rows),
        series: ablationSeries(rows, measure),
      })),
    [tables, measure],
  );
  const all = parts[0]?.series ?? [];
  const off = hidden ?? HIDDEN_AT_FIRST(all);
  const linesOf = (series: readonly Series[]): BlockLine[] => series.filter(({ id }) => !off.includes(id));
  /** Changes are compared between parts; accuracies of another part would only flatten the lines. */
  const rangeFor = (series: readonly Series[], baseline: number | undefined) =>
    measure === 'accuracy'
      ? rangeOf(linesOf(series), baseline === undefined ? [] : [baseline])
      : rangeOf(
          parts.flatMap((part) => linesOf(part.series)),
          [0],
        );
  return (
    <>
      <ResultPanel
        title={TITLES[measure]}
        aside={<Segmented label="Shown" value={measure} onChange={setMeasure} choices={MEASURES} />}
        sheet={({ about }) => seriesSheet(`${about.experiment} ${measure} by block`, parts)}
      >
        <Legend series={all} hidden={off} onHidden={setHidden} />
        <div className={styles.charts}>
          {parts.map(({ name, images, baseline, series }) => (
            <figure key={name} className={`panel ${styles.figure}`}>
              <figcaption>
                <strong>{name}</strong>, {baseline?.total ?? images} pictures
                {baseline && (
                  <>
                    ; untouched (dashed) {baseline.percent.toFixed(1)} ± {baseline.standardError.toFixed(1)}%
                  </>
                )}
              </figcaption>
              {rangeFor(series, baseline?.percent) && (
                <BlockChart
                  lines={linesOf(series)}
                  range={rangeFor(series, baseline?.percent)!}
                  rule={measure === 'accuracy' ? baseline?.percent : 0}
                  label={`${name}: points of the chart`}
                  yLabel={measure === 'accuracy' ? 'zero-shot accuracy, %' : 'change of accuracy, points'}
                  print={(value) => (measure === 'accuracy' ? String(value) : signedFixed(value, 0))}
                  sentence={(line, point) => sentenceOf(line, point, measure, name)}
                  onPoint={setSaid}
                />
              )}
            </figure>
          ))}
        </div>
        <p className={styles.said} data-export="no">
          {said ?? 'Bars are one standard error. Point at a mark, or walk the chart with the arrow keys.'}
        </p>
      </ResultPanel>
      {parts.map(({ name, series, baseline }) => (
        <SeriesTable
          key={name}
          caption={`${name}: ${measure === 'accuracy' ? 'zero-shot accuracy, %' : 'change of accuracy, points'}, ± one standard error`}
          series={series}
          {...(measure === 'accuracy' && baseline
            ? { first: { label: 'untouched', value: baseline.percent, error: baseline.standardError } }
            : {})}
          print={(value) => (measure === 'accuracy' ? value.toFixed(1) : signedFixed(value, 1))}
        />
      ))}
    </>
  );
}

const sentenceOf = (
  { label }: BlockLine,
  { block, value, error }: ChartPoint,
  measure: AblationMeasure,
  part: string,
): string => {
  const shown = measure === 'accuracy' ? `${value.toFixed(1)}%` : `${signedFixed(value, 1)} points`;
  const sure = error === undefined ? '' : ` ± ${error.toFixed(1)}`;
  return `Block ${block}, ${label}: ${shown}${sure} (${part})`;
};
