import { z } from 'zod';
import { EXPERIMENTS, FORMS, SET_PARTS } from './experimentSettings.ts';
import { FIND_LOOKS, FIND_MAPS, FIND_ORDERS, FIND_SIGNS, FIND_TEXTS } from './findSettings.ts';
import {
  ATOM_FORMS,
  BACKENDS,
  LONGEST_LIST,
  LONGEST_QUERY,
  MAPS,
  OVERLAYS,
  type Page,
  POOLS,
  PRECISIONS,
  SIGNS,
  SORT_KEYS,
  TERM_COUNTS,
  THEMES,
  type View,
} from './view.ts';

/** What of a view stands after the `?` of an address; its place stands before. */
export type Setting = Exclude<keyof View, 'page' | 'model' | 'set' | 'block' | 'neuron'>;

/** How one setting is written, and what it may be. */
export interface Parameter<K extends Setting> {
  /** Two settings may have the same key where no text suits both. */
  readonly key: string;
  /** The one page that it is of, and in whose addresses alone it stands. */
  readonly page?: Page;
  readonly schema: z.ZodType<View[K], string>;
  readonly allowed: string;
}

/** @param former names that values had in addresses that are out there */
const oneOf = <const T extends readonly string[]>(
  key: string,
  values: T,
  former: Readonly<Record<string, T[number]>> = {},
) => ({
  key,
  schema: z
    .string()
    .transform((text) => (Object.hasOwn(former, text) ? former[text] : text))
    .pipe(z.enum(values)) as unknown as z.ZodType<T[number], string>,
  allowed: `one of ${values.join(', ')}`,
});

const words = (key: string) => ({
  key,
  schema: z.string().max(LONGEST_QUERY),
  allowed: `at most ${LONGEST_QUERY} characters`,
});

const matching = (key: string, pattern: RegExp, allowed: string) => ({
  key,
  schema: z.string().regex(pattern),
  allowed,
});

const numeral = (key: string, pattern: RegExp, allowed: string) => ({
  key,
  schema: z.string().regex(pattern).transform(Number),
  allowed,
});

const flag = (key: string) => ({
  key,
  schema: z
    .string()
    .pipe(z.enum(['0', '1']))
    .transform((digit) => digit === '1'),
  allowed: '0 or 1',
});

const BLOCKS = /^\d{1,3}(\.\d{1,3}){0,99}$/;

export const PARAMETERS: { readonly [K in Setting]-?: Parameter<K> } = {
  pack: {
    key: 'pack',
    schema: z
      .string()
      .max(2000)
      .regex(/^(https?:\/\/[^\s#]+|local-\d{1,4})$/),
    allowed: 'the address of a pack, beginning with https://',
  },
  image: matching(
    'image',
    /^(\d{1,7}|[0-9a-f]{16})$/,
    'the number of a picture, or 16 digits of the hash of an own one',
  ),
  sort: oneOf('sort', SORT_KEYS, { meanNorm: 'typicalNorm' }),
  descending: flag('desc'),
  query: words('q'),
  terms: {
    key: 'm',
    schema: z
      .string()
      .regex(/^\d{1,3}$/)
      .transform(Number)
      .pipe(z.literal(TERM_COUNTS)),
    allowed: `one of ${TERM_COUNTS.join(', ')}`,
  },
  atoms: oneOf('atoms', ATOM_FORMS),
  pool: oneOf('pool', POOLS),
  overlay: oneOf('overlay', OVERLAYS),
  map: oneOf('map', MAPS),
  sign: oneOf('sign', SIGNS),
  theme: oneOf('theme', THEMES),
  backend: oneOf('backend', BACKENDS),
  precision: oneOf('precision', PRECISIONS),
  find: words('find'),
  findMap: oneOf('by', FIND_MAPS),
  findText: oneOf('text', FIND_TEXTS),
  findOrder: oneOf('order', FIND_ORDERS),
  findSigns: oneOf('signs', FIND_SIGNS),
  findCount: numeral('neurons', /^[1-9]\d{0,5}$/, 'a number from 1 to 999999'),
  findBlocks: matching('blocks', BLOCKS, 'numbers of blocks with dots between, as 0.2'),
  findCut: numeral('cut', /^(0(\.\d{1,2})?|1)$/, 'a number from 0 to 1, as 0.35'),
  findLook: oneOf('look', FIND_LOOKS),
  experiment: oneOf('experiment', EXPERIMENTS),
  form: oneOf('form', FORMS),
  part: oneOf('part', SET_PARTS),
  first: matching('first', /^([1-9]\d{0,5}|all)$/, 'a number of pictures, or all'),
  topK: matching('k', /^[1-9]\d{0,5}$/, 'a number from 1 to 999999'),
  seeds: matching('seeds', /^\d{1,6}(\.\d{1,6}){0,9}$/, 'up to ten numbers with dots between, as 0.1.2'),
  layers: matching('layers', BLOCKS, 'numbers of blocks with dots between, as 0.2'),
  lengths: matching(
    'lengths',
    /^([1-9]\d{0,2}(\.[1-9]\d{0,2}){0,9})?$/,
    'numbers of texts with dots between, as 4.16',
  ),
  sample: matching('sample', /^(0|[1-9]\d{0,4})$/, 'a number up to 99999'),
  target: words('target'),
  depicted: words('depicted'),
  neurons: {
    ...matching(
      'neurons',
      /^\d{1,3}\.\d{1,7}(~\d{1,3}\.\d{1,7}){0,3}$/,
      'one to four neurons as block.neuron with ~ between, as 0.12~3.44',
    ),
    page: 'compare',
  },
  list: {
    ...matching(
      'list',
      new RegExp(`^[\\w-]{1,${LONGEST_LIST}}$`),
      `a list as this page packs it, of at most ${LONGEST_LIST} characters`,
    ),
    page: 'pins',
  },
  embed: flag('embed'),
  present: flag('present'),
  lesson: matching('lesson', /^[a-z][a-z0-9-]{0,39}$/, 'the name of a lesson'),
  step: numeral('step', /^\d{1,2}$/, 'a number from 0 to 99'),
  game: {
    ...matching('game', /^(words|pictures)\.\d{1,9}$/, 'words or pictures, a dot and a number, as words.17'),
    page: 'learn',
  },
};

export const SETTINGS = Object.keys(PARAMETERS) as Setting[];

/** A setting belongs on a page unless it is of another one alone. */
export const isOfPage = (setting: Setting, page: Page): boolean =>
  (PARAMETERS[setting].page ?? page) === page;
