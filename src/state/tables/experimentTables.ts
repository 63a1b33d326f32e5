import type { ExperimentRun, PairResult } from '../../../workers/experimentProtocol.ts';
import type { Row } from '../../studies/figures.ts';
import { flatRows, type Series } from '../experimentView.ts';
import type { Provenance } from '../provenance.ts';
import type { Sheet } from '../table.ts';

/** Every row of a run. */
export function runSheet(run: ExperimentRun): Sheet {
  const rows: readonly Row[] = flatRows(run);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    name: `${run.about.experiment} ${run.key.split('-').at(-1)}`,
    columns,
    rows: rows.map((row) => columns.map((column) => row[column])),
    facts: { seeds: String(run.about.parameters.seeds), finished: run.finished ? 'yes' : 'no' },
  };
}

interface Part {
  readonly name: string;
  readonly series: readonly Series[];
}

/** The points of a chart: a row each. */
export const seriesSheet = (name: string, parts: readonly Part[]): Sheet => ({
  name,
  columns: ['part', 'line', 'block', 'value', 'standardError'],
  rows: parts.flatMap((part) =>
    part.series.flatMap(({ label, points }) =>
      points.map(({ block, value, error }) => [part.name, label, block, value, error]),
    ),
  ),
});

/** Words that push from one class to another: a row a neuron behind a word. */
export const wordsOfPairSheet = ({ depicted, target, words }: Omit<PairResult, 'trials'>): Sheet => ({
  name: `words from ${depicted} to ${target}`,
  columns: ['word', 'score', 'block', 'neuron', 'part'],
  rows: words.flatMap(({ word, score, neurons }) =>
    neurons.map(({ block, neuron, part }) => [word, score, block, neuron, part]),
  ),
  facts: { depicted, target },
});

/** What of a run differs from the view: it was made of what it says itself, perhaps long ago. */
export const aboutRun = ({ about, backend }: ExperimentRun): Partial<Provenance> => ({
  model: { name: about.model.name, hash: about.model.hash },
  images: about.images,
  form: about.form,
  numbers: 'live',
  precision: backend.precision,
  backend: backend.adapter ? `${backend.provider}, ${backend.adapter}` : backend.provider,
  madeWith: `${about.software.name} ${about.software.version}`,
});
