import { z } from 'zod';
import { comparedOf, comparedText } from './compared.ts';
import { isOfPage, PARAMETERS, type Parameter, SETTINGS, type Setting } from './urlParameters.ts';
import { DEFAULT_VIEW, PAGES, type Page, type View } from './view.ts';

/**
 * The view as the part of the address after `#`:
 *
 *     #/<model>/<set>/<block>            a block
 *     #/<model>/<set>/<block>/<neuron>   a neuron
 *     #/own/<model>/<set>/<block>        own pictures
 *     #/image/<model>/<set>/<block>      a picture taken apart, `?image=` says which
 *     #/experiments/<model>/<set>/<block>  experiments, `?experiment=` says which
 *     #/compare/<model>/<set>/<block>    neurons side by side, `?neurons=` says which
 *     #/pins/<model>/<set>/<block>       pinned neurons, one's own or those of `?list=`
 *     #/about/<model>/<set>/<block>      about; so too #/models and #/learn; the page's name alone takes the defaults
 *
 * followed by `?key=value&…` for what differs from the defaults.
 */

/** Version of this format; written only once it is no longer 1. */
export const URL_VERSION = 1;

/** A view, and a sentence for everything in the address that could not be followed. */
export interface DecodedView {
  readonly view: View;
  readonly problems: readonly string[];
}

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/);
const index = z
  .string()
  .regex(/^\d{1,7}$/)
  .transform(Number);

/** Pages whose name stands before the place, because they are not the place itself. */
const isSidePage = (word: string | undefined): word is Exclude<Page, 'block' | 'neuron'> =>
  word !== 'block' && word !== 'neuron' && PAGES.includes(word as never);

/** Writes a view as `#/…`; what equals the default is left out. */
export function encodeView(view: View): string {
  const parts = [view.model, view.set, String(view.block)];
  if (view.page === 'neuron') parts.push(String(view.neuron ?? 0));
  if (isSidePage(view.page)) parts.unshift(view.page);
  const query = new URLSearchParams();
  for (const setting of SETTINGS) {
    const value = view[setting];
    if (value === undefined || value === DEFAULT_VIEW[setting] || !isOfPage(setting, view.page)) continue;
    query.append(PARAMETERS[setting].key, typeof value === 'boolean' ? (value ? '1' : '0') : String(value));
  }
  const search = query.toString().replaceAll('%7E', '~'); // which stands for itself in an address
  return `#/${parts.join('/')}${search && `?${search}`}`;
}

/** Reads `#/…`. Never throws: what cannot be followed is replaced by the default and named in `problems`. */
export function decodeView(hash: string): DecodedView {
  const problems: string[] = [];
  const body = hash.replace(/^#?\/?/, '');
  const cut = body.indexOf('?');
  const path = readPath(cut < 0 ? body : body.slice(0, cut), problems);
  const query = new URLSearchParams(cut < 0 ? '' : body.slice(cut + 1));
  const settings = readSettings(query, path.page, problems);
  return { view: { ...DEFAULT_VIEW, ...settings, ...path }, problems };
}

type Path = Pick<View, 'page' | 'model' | 'set' | 'block' | 'neuron'>;

function readPath(text: string, problems: string[]): Path {
  const parts = text.split('/').filter((part) => part !== '');
  const page = isSidePage(parts[0]) ? parts[0] : undefined;
  if (page) parts.shift();
  const place: Path = {
    page: page ?? 'block',
    model: readPart(parts[0], name, DEFAULT_VIEW.model, 'model name', problems),
    set: readPart(parts[1], name, DEFAULT_VIEW.set, 'picture set name', problems),
    block: readPart(parts[2], index, DEFAULT_VIEW.block, 'block number', problems),
  };
  const extra = parts.slice(page ? 3 : 4);
  if (extra.length > 0)
    problems.push(`The end of the address, “${shown(extra.join('/'))}”, means nothing here.`);
  if (page || parts[3] === undefined) return place;
  const neuron = index.safeParse(parts[3]);
  if (neuron.success) return { ...place, page: 'neuron', neuron: neuron.data };
  problems.push(`“${shown(parts[3])}” is not a neuron number; this is the whole block.`);
  return place;
}

function readPart<T>(
  part: string | undefined,
  schema: z.ZodType<T, string>,
  fallback: T,
  what: string,
  problems: string[],
): T {
  if (part === undefined) return fallback;
  const result = schema.safeParse(part);
  if (result.success) return result.data;
  problems.push(`“${shown(part)}” is not a ${what}; ${fallback} is shown.`);
  return fallback;
}

type Found = { -readonly [K in Setting]?: View[K] };

const KEYS: ReadonlySet<string> = new Set(SETTINGS.map((setting) => PARAMETERS[setting].key));

function readSettings(query: URLSearchParams, page: Page, problems: string[]): Partial<View> {
  const found: Found = {};
  for (const key of KEYS) readKey(key, query.getAll(key), found, problems);
  const version = query.get('v');
  if (version !== null && version !== String(URL_VERSION)) {
    problems.push('This link was made by another version; parts of it may not be followed.');
  }
  for (const key of new Set(query.keys())) {
    if (key !== 'v' && !KEYS.has(key))
      problems.push(`The address has a setting “${shown(key)}” that is not known here.`);
  }
  for (const setting of SETTINGS) if (!isOfPage(setting, page)) delete found[setting];
  return found;
}

/** What stands under one key goes to the setting it suits; the first of several texts counts. */
function readKey(key: string, texts: readonly string[], found: Found, problems: string[]): void {
  const settings = SETTINGS.filter((setting) => PARAMETERS[setting].key === key);
  for (const text of texts.slice(0, settings.length)) {
    if (settings.some((setting) => takes(setting, text, found))) continue;
    const allowed = settings.map((setting) => PARAMETERS[setting].allowed).join(', or ');
    problems.push(`${key}=${shown(text)} was left out: it must be ${allowed}.`);
  }
}

function takes<K extends Setting>(setting: K, text: string, found: { [S in Setting]?: View[S] }): boolean {
  const { schema } = PARAMETERS[setting] as Parameter<K>;
  const result = schema.safeParse(text);
  if (result.success) found[setting] ??= result.data;
  return result.success;
}

const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** What a view can point at, once model and set are known. */
export interface Limits {
  readonly blocks: readonly number[];
  readonly neurons: number;
}

/** The nearest view that exists: block and neuron moved into range, with a sentence for each move. */
export function fitView(view: View, limits: Limits): DecodedView {
  const problems: string[] = [];
  let { block, neuron } = view;
  if (!limits.blocks.includes(block) && limits.blocks.length > 0) {
    block = limits.blocks.reduce((best, candidate) =>
      Math.abs(candidate - view.block) < Math.abs(best - view.block) ? candidate : best,
    );
    problems.push(`There is no block ${view.block} to look into here; block ${block} is shown.`);
  }
  if (view.page === 'neuron' && (neuron ?? 0) >= limits.neurons) {
    neuron = Math.max(0, limits.neurons - 1);
    problems.push(`The last neuron of this block is ${neuron}; it is shown instead of ${view.neuron}.`);
  }
  const neurons = view.page === 'compare' ? comparedThere(view.neurons, limits, problems) : view.neurons;
  if (problems.length === 0) return { view, problems };
  const fitted = { ...view, block, neurons };
  return { view: neuron === undefined ? fitted : { ...fitted, neuron }, problems };
}

/** The compared neurons that exist, with a sentence for those that do not. */
function comparedThere(text: string, { blocks, neurons }: Limits, problems: string[]): string {
  const all = comparedOf(text);
  const there = all.filter((place) => blocks.includes(place.block) && place.neuron < neurons);
  for (const place of all) {
    if (!there.includes(place))
      problems.push(`There is no neuron ${place.neuron} of block ${place.block} here.`);
  }
  return comparedText(there);
}
