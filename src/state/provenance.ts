import type { Form } from '../lens/form.ts';
import type { AtomForm } from '../lens/sparseCode.ts';
import { SOFTWARE } from '../pack/software.ts';
import { loadedValue, type NumberSource } from './data.ts';
import { sourceOf } from './numbers.ts';
import { permalink } from './share.ts';
import { shippedModel, shippedSet } from './shipped.ts';
import type { LensState } from './state.ts';
import type { Page } from './view.ts';

interface Named {
  readonly name: string;
  /** SHA-256, hex; undefined where nobody has worked it out: a person's own pictures. */
  readonly hash: string | undefined;
}

/** Where numbers come from: what a figure, a table or a citation taken from the page says of itself. */
export interface Provenance {
  /** Opens the view they were taken from. */
  readonly permalink: string;
  readonly model: Named;
  readonly images: Named & { readonly count: number };
  /** Of the method: as the paper's released code computes it, or corrected. */
  readonly form: Form;
  /** Made before and kept, or made on the machine that exported them. */
  readonly numbers: NumberSource;
  /** Of the image tower's matrix products. */
  readonly precision: string | undefined;
  readonly backend: string | undefined;
  /** What made the numbers. */
  readonly madeWith: string;
  /** What wrote the file. */
  readonly software: string;
  /** Of the export, ISO 8601. */
  readonly date: string;
}

type Known = Parameters<typeof sourceOf>[0] & Pick<LensState, 'view' | 'engine' | 'opened'>;

export const SOFTWARE_NAME = `${SOFTWARE.name} ${SOFTWARE.version}`;

/** Of a description over text vectors of a form. */
export const formOfAtoms = (atoms: AtomForm): Form => (atoms === 'as-released' ? 'as-released' : 'corrected');

/** Pages whose numbers are all made here: a picture is read by the model that runs. */
const MADE_HERE: readonly Page[] = ['image', 'own'];

/**
 * What the view's numbers are of and what made them.
 * @param base address of the page
 * @param made where, when that is not where the block's numbers come from
 */
export function provenanceOf(state: Known, base: string, date: Date, made?: NumberSource): Provenance {
  const { view } = state;
  const subject = loadedValue(state.subject);
  const pack = subject?.pack;
  const numbers = made ?? (MADE_HERE.includes(view.page) ? 'live' : sourceOf(state, view.block));
  const running = state.engine.status === 'ready' ? state.engine.info : state.opened.get(view.model);
  const backend = numbers === 'shipped' ? pack?.backend : running?.backend;
  return {
    permalink: permalink(view, base),
    model: {
      name: subject?.model.title ?? view.model,
      hash: subject?.model.hash ?? running?.hash ?? shippedModel(view.model)?.hash,
    },
    images: {
      name: subject?.set.title ?? view.set,
      hash: pack?.set.hash ?? shippedSet(view.set)?.hash,
      count: subject?.set.count ?? 0,
    },
    form: 'corrected',
    numbers,
    precision: backend?.precision,
    backend: backend && (backend.adapter ? `${backend.provider}, ${backend.adapter}` : backend.provider),
    madeWith:
      numbers === 'shipped' && pack ? `${pack.software.name} ${pack.software.version}` : SOFTWARE_NAME,
    software: SOFTWARE_NAME,
    date: date.toISOString(),
  };
}

/** As columns of a table, the same in every row. */
export const provenanceRow = ({ model, images, ...rest }: Provenance) => ({
  model: model.name,
  modelHash: model.hash,
  images: images.name,
  imagesHash: images.hash,
  imagesCount: images.count,
  ...rest,
});
