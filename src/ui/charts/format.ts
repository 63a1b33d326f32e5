/** Numbers as the page prints them: a true minus sign, three significant digits unless told. */

const minus = (text: string): string => text.replace('-', '−');

export function number(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-4) return minus(value.toExponential(digits - 1));
  if (size >= 10 ** digits) return minus(count(Math.round(value)));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return minus(value.toFixed(Math.min(decimals, 6)));
}

/** With its sign, also when positive. */
export const signed = (value: number, digits = 3): string =>
  value > 0 ? `+${number(value, digits)}` : number(value, digits);

/** With its sign, to a given number of decimals. */
export function signedFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return '–';
  const text = rounded(value, decimals);
  return Number(text) > 0 ? `+${text}` : minus(text);
}

export function percent(share: number, decimals = 1): string {
  if (!Number.isFinite(share)) return '–';
  return minus(`${rounded(100 * share, decimals)}%`);
}

/** Without the minus of a zero that was a little below it. */
const rounded = (value: number, decimals: number): string => {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : text;
};

export const signedPercent = (share: number, decimals = 1): string =>
  Number((100 * share).toFixed(decimals)) > 0 ? `+${percent(share, decimals)}` : percent(share, decimals);

/** Made once: making one takes longer than all that it prints on a page. */
const grouped = new Intl.NumberFormat('en-GB');

export const count = (value: number): string => grouped.format(value);

/** A size of files or memory, in powers of 1,000 as browsers and hubs print them. */
export function bytes(value: number): string {
  if (!Number.isFinite(value) || value < 0) return '–';
  if (value < 1e6) return `${Math.max(1, Math.round(value / 1e3))} kB`;
  return value < 1e9 ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

/** A duration a person can plan with: 'about 40 s', 'about 3 min'. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return 'unknown';
  if (seconds < 1) return 'under a second';
  if (seconds < 90) return `about ${Math.round(seconds)} s`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}
