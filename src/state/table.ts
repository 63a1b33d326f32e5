import { csv, type Row } from '../studies/figures.ts';
import { type Provenance, provenanceRow } from './provenance.ts';

export type Cell = string | number | undefined;

/** What a panel shows, as rows of numbers in full precision and texts as they are. */
export interface Sheet {
  /** What it is; the file's name is made of it. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Each as long as `columns`; undefined where there is nothing. */
  readonly rows: readonly (readonly Cell[])[];
  /** What holds for all rows: a threshold, an R². */
  readonly facts?: Readonly<Record<string, Cell>>;
}

/** A sheet that says where it comes from. */
export interface Table extends Sheet {
  readonly about: Provenance;
}

/** Not a number is nothing known; JSON has no word for it and spreadsheets take it for a text. */
const known = (cell: Cell): Cell => (typeof cell === 'number' && !Number.isFinite(cell) ? undefined : cell);

const rowOf = (columns: readonly string[], cells: readonly Cell[]): Row =>
  Object.fromEntries(columns.map((column, i) => [column, known(cells[i])]));

/**
 * The rows as RFC 4180 has them, in UTF-8 without a mark, what holds for all rows and where they come from in
 * columns behind. A text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers.
 */
export function tableCsv({ columns, rows, facts = {}, about }: Table): string {
  const behind: Row = { ...rowOf(Object.keys(facts), Object.values(facts)), ...provenanceRow(about) };
  const lines = rows.map((cells) => {
    const row = rowOf(columns, cells);
    return { ...row, ...behind, ...row };
  });
  if (lines.length === 0) return `${columns.join(',')}\r\n`;
  return csv(lines, '\r\n');
}

/** The rows as objects, under `about` where they come from; a missing value is left out. */
export const tableJson = ({ name, columns, rows, facts, about }: Table): string =>
  `${JSON.stringify({ name, about, facts, columns, rows: rows.map((cells) => rowOf(columns, cells)) }, undefined, 1)}\n`;

const LONGEST_NAME = 100;

/** A name that every file system takes. */
export const fileName = (name: string, ending: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return `${plain.slice(0, LONGEST_NAME) || 'neuronlens'}.${ending}`;
};
