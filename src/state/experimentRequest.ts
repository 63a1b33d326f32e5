import type { ExperimentRequest, GivenAnalysis, OwnLabels } from '../../workers/experimentProtocol.ts';
import { LensError } from '../errors.ts';
import { loadedValue } from './data.ts';
import { setSource } from './engineSlice.ts';
import {
  type ExperimentOptions,
  type ExperimentSettings,
  optionsOfExperiment,
  type SetPart,
} from './experimentSettings.ts';
import { overviewOf } from './numbers.ts';
import { ownLabels } from './ownLabels.ts';
import { OWN_SET } from './shipped.ts';
import type { LensState } from './state.ts';
import { blocksOf } from './subject.ts';
import { encodeView } from './urlCodec.ts';
import { wordSource } from './wordsSlice.ts';

/** The view's experiment with everything filled in; undefined until model and set are known. */
export function experimentOptions(
  state: Pick<LensState, 'subject'> & { readonly view: ExperimentSettings },
): ExperimentOptions | undefined {
  const subject = loadedValue(state.subject);
  if (!subject) return undefined;
  const known = { blocks: blocksOf(subject), topK: subject.options.topK, images: subject.set.count };
  return optionsOfExperiment(state.view, known);
}

/**
 * What the view's run is kept under: one for a model, a set and options. Not a secret and not a proof: the worker
 * looks whether what it kept is of the same run.
 */
export function experimentKey(state: Pick<LensState, 'subject' | 'view' | 'ownSet'>): string | undefined {
  const options = experimentOptions(state);
  const subject = loadedValue(state.subject);
  if (!options || !subject) return undefined;
  const { name, hash } = subject.model;
  const set =
    state.view.set === OWN_SET
      ? (state.ownSet?.files.map((file) => `${file.name} ${file.size}`) ?? [])
      : state.view.set;
  const about = JSON.stringify([hash ?? name, set, options, state.view.pool]);
  return `${options.experiment}-${hash32(about, 2166136261)}${hash32(about, 40389)}`;
}

/** FNV-1a, in hex. */
function hash32(text: string, start: number): string {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Names of the set's parts that are asked for; undefined for all. */
export const partNames = (part: SetPart, all: readonly string[]): readonly string[] | undefined =>
  part === 'all' ? undefined : all.filter((name) => name.startsWith(part));

/** Everything the worker needs for the view's experiment. @throws LensError `unavailable` */
export async function experimentRequest(
  get: () => LensState,
  url: (path: string) => string,
): Promise<ExperimentRequest> {
  const options = experimentOptions(get());
  const key = experimentKey(get());
  const pictures = loadedValue(get().pictures);
  if (!options || key === undefined || !pictures)
    throw new LensError('unavailable', 'Model or pictures are not there yet.');
  const { form, topK, layers, seeds, part, experiment: kind, sample, target, depicted } = options;
  const every = blocksOf(loadedValue(get().subject)!);
  const needed = { ablation: layers, indirect: [], segmentation: every, adversarial: layers }[kind];
  const common = {
    key,
    address: encodeView(get().view),
    set: setSource(get(), url),
    own: labelsOf(get()),
    form,
    topK,
    blocks: layers,
    analyses: await analysesOf(get, needed, topK),
    pictures: options.pictures,
    parts: partNames(part, pictures.parts?.map(({ name }) => name) ?? []),
    seeds,
  };
  switch (kind) {
    case 'ablation':
      return { kind, ...common, terms: options.terms, words: wordSource(get(), url) };
    case 'indirect':
      return { kind, ...common, form: 'as-released', neurons: sample };
    case 'segmentation':
      return { kind, ...common, neurons: sample, every };
    case 'adversarial':
      return { kind, ...common, target, depicted, words: wordSource(get(), url), indirectNeurons: sample };
  }
}

/** Classes of a person's own pictures, after the folders they lie in. */
export function labelsOf(state: Pick<LensState, 'view' | 'ownSet' | 'pictures'>): OwnLabels | undefined {
  if (state.view.set !== OWN_SET || !state.ownSet) return undefined;
  const found = ownLabels(state.ownSet.files);
  return found && { ...found, templates: ['a photo of a {}.'] };
}

/** What the page's numbers say of the blocks, where they are of that k. */
async function analysesOf(
  get: () => LensState,
  blocks: readonly number[],
  topK: number,
): Promise<GivenAnalysis[]> {
  const subject = loadedValue(get().subject);
  if (subject?.options.topK !== topK) return [];
  const list: GivenAnalysis[] = [];
  for (const block of blocks) {
    await get().ensureOverview(block);
    const overview = overviewOf(get(), block);
    const detail = await get().wholeBlock(block);
    if (!overview || !detail) continue;
    const { means, directions, topImages } = detail;
    const { thresholds, varianceShares } = overview;
    list.push({ block, means, directions, thresholds, varianceShares, topImages });
  }
  return list;
}
