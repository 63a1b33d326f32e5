import { type LensState, useLens } from '../../state/index.ts';
import { placeOf } from '../../state/place.ts';
import { type Provenance, provenanceOf } from '../../state/provenance.ts';
import { fileName, type Sheet, tableCsv, tableJson } from '../../state/table.ts';
import { captionOf } from './caption.ts';
import { saveFile } from './saveFile.ts';

export const FIGURES = ['png', 'svg'] as const;
export const TABLES = ['csv', 'json'] as const;
export type Ending = (typeof FIGURES)[number] | (typeof TABLES)[number];

/** What a panel can give away. */
export interface Exported {
  readonly title: string;
  /** What it is of; the view unless told. */
  readonly of?: string | undefined;
  /** What a reader of the figure must know besides. */
  readonly note?: string | undefined;
  /** The rows it shows; none where it shows no numbers. */
  readonly table?: ((of: string) => Sheet | Promise<Sheet>) | undefined;
  /** What is known better than from the view. */
  readonly about?: Partial<Provenance> | undefined;
  /** Whether its numbers were made here, wherever the block's come from. */
  readonly live?: boolean | undefined;
}

export const aboutNow = (
  state: LensState,
  { about, live }: Pick<Exported, 'about' | 'live'> = {},
): Provenance => ({
  ...provenanceOf(state, location.href, new Date(), live ? 'live' : undefined),
  ...about,
});

/** Saves what a panel shows. What goes wrong is told in a notice. */
export async function savePanel(panel: Element | null, exported: Exported, ending: Ending): Promise<void> {
  const state = useLens.getState();
  try {
    const name = await save(panel, exported, ending, state);
    state.notify('info', `Saved as ${name}.`);
  } catch (error) {
    state.notify('error', error instanceof Error ? error.message : String(error));
  }
}

async function save(
  panel: Element | null,
  exported: Exported,
  ending: Ending,
  state: LensState,
): Promise<string> {
  const { title, of, note, table } = exported;
  const place = of ?? placeOf(state);
  const provenance = aboutNow(state, exported);
  if (ending === 'csv' || ending === 'json') {
    const sheet = await table!(place);
    const name = fileName(sheet.name, ending);
    const whole = { ...sheet, about: provenance };
    if (ending === 'csv') saveFile(name, tableCsv(whole), 'text/csv;charset=utf-8');
    else saveFile(name, tableJson(whole), 'application/json');
    return name;
  }
  const { figureOf, pngOf } = await import('./figure/index.ts');
  const figure = figureOf(panel!, captionOf(title, place, provenance, note));
  const name = fileName(`${place} ${title}`, ending);
  if (ending === 'svg') saveFile(name, figure.svg, 'image/svg+xml');
  else saveFile(name, await pngOf(figure));
  return name;
}
