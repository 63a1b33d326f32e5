/** Rounded to what is worth reading. */
export const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

/** A row of a table; its columns are the keys of all rows together. */
export type Row = Readonly<Record<string, string | number | undefined>>;

/** What spreadsheets take for a formula when a text begins with it, in either width. */
const FORMULA_START = /^'*[=+\-@\t\r＝＋－＠]/;

/**
 * Rows as RFC 4180 has them; a missing value is empty. A text that a spreadsheet would run as a formula gets an
 * apostrophe in front: words and file names come from anywhere. Numbers stay as they are.
 * @param end of a line: the RFC's own is \r\n
 */
export function csv(rows: readonly Row[], end: '\n' | '\r\n' = '\n'): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: string | number | undefined): string => {
    const harmless = typeof value === 'string' && FORMULA_START.test(value) ? `'${value}` : value;
    const plain = String(harmless ?? '');
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const lines = [columns.map(cell), ...rows.map((row) => columns.map((column) => cell(row[column])))];
  return lines.map((line) => line.join(',') + end).join('');
}
