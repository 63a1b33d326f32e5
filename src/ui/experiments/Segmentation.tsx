import { useState } from 'react';
import {
  SEGMENTATION_MEASURES,
  type SegmentationFigures,
  type SegmentationMeasure,
  type SegmentationTables,
  segmentationFigure,
} from '../../state/index.ts';
import { signedFixed } from '../charts/format.ts';
import { type RankedBar, RankedBars } from '../charts/RankedBars.tsx';
import { Segmented } from '../neuron/Segmented.tsx';
import styles from './experiments.module.css';
import { ResultPanel } from './ResultPanel.tsx';

const NAMES: Record<SegmentationMeasure, string> = {
  iou: 'IoU, object by object',
  mIoU: 'mIoU',
  mAP: 'mAP',
  pixels: 'pixel accuracy',
};
const CHOICES = SEGMENTATION_MEASURES.map((value) => ({ value, label: NAMES[value] }));

/** Segmenters that the others are held against. */
const COMPARED = /attention|random|direct effects/;

/** How well neurons that point to a word say where the thing is, beside what needs no neurons. */
export function Segmentation({ tables }: { readonly tables: SegmentationTables }) {
  const [measure, setMeasure] = useState<SegmentationMeasure>('mIoU');
  const thresholds = [...new Set(tables.parts.flatMap(({ rows }) => rows.map(({ threshold }) => threshold)))];
  const [cut, setCut] = useState(String(thresholds[0]));
  return (
    <>
      <ResultPanel
        title={`Segmentation by ${NAMES[measure]}`}
        aside={
          <div className={styles.chartHead} data-export="no">
            <Segmented label="Shown" value={measure} onChange={setMeasure} choices={CHOICES} />
            {thresholds.length > 1 && (
              <Segmented
                label="Cut at"
                value={cut}
                onChange={setCut}
                choices={thresholds.map((threshold) => ({
                  value: String(threshold),
                  label: threshold === 'mean' ? 'the map’s mean' : String(threshold),
                }))}
              />
            )}
          </div>
        }
      >
        <div className={styles.charts}>
          {tables.parts.map(({ name, images, rows }) => {
            const own = rows.filter(({ threshold }) => String(threshold) === cut);
            return (
              <figure key={name} className={`panel ${styles.figure}`}>
                <figcaption>
                  <strong>{name}</strong>, {images} pictures, {own[0]?.queries ?? 0} objects
                </figcaption>
                <RankedBars
                  label={`${name}: ${NAMES[measure]} in percent`}
                  bars={own.map((row) => barOf(row, measure))}
                  rule={own.find(({ segmenter }) => segmenter === 'raw attention')?.segmenter}
                />
              </figure>
            );
          })}
        </div>
        <p className={styles.said}>
          The line is raw attention. Errors, where there are any, are one standard error over the objects.
        </p>
      </ResultPanel>
      {tables.parts.map(({ name, rows }) => (
        <FiguresTable
          key={name}
          caption={`${name}, percent, cut at ${cut === 'mean' ? 'the map’s mean' : cut}`}
          rows={rows.filter(({ threshold }) => String(threshold) === cut)}
        />
      ))}
    </>
  );
}

function barOf(row: SegmentationFigures, measure: SegmentationMeasure): RankedBar {
  const { value, error } = segmentationFigure(row, measure);
  return {
    id: row.segmenter,
    label: row.segmenter,
    value,
    error,
    quiet: COMPARED.test(row.segmenter),
  };
}

function FiguresTable({
  caption,
  rows,
}: {
  readonly caption: string;
  readonly rows: readonly SegmentationFigures[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so for the keyboard too
    <section className={styles.tableFrame} aria-label={caption} tabIndex={0}>
      <table className={styles.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">segmenter</th>
            <th scope="col">pixel accuracy</th>
            <th scope="col">mIoU</th>
            <th scope="col">mAP</th>
            <th scope="col">IoU an object</th>
            <th scope="col">less raw attention</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.segmenter}>
              <th scope="row">{row.segmenter}</th>
              <td>{segmentationFigure(row, 'pixels').value.toFixed(1)}</td>
              <td>{segmentationFigure(row, 'mIoU').value.toFixed(1)}</td>
              <td>{segmentationFigure(row, 'mAP').value.toFixed(1)}</td>
              <td>{withError(row.iouPerQuery?.toFixed(1), row.iouPerQueryStandardError)}</td>
              <td>
                {withError(
                  row.gainOverAttention === undefined ? undefined : signedFixed(row.gainOverAttention, 1),
                  row.gainOverAttentionStandardError,
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const withError = (value: string | undefined, error: number | undefined): string =>
  value === undefined ? '' : error === undefined ? value : `${value} ± ${error.toFixed(1)}`;
