import { LensError } from '../errors.ts';
import { hashFiles } from '../images/hash.ts';
import { type PackParts, SOFTWARE } from '../pack/index.ts';
import { loadedValue } from './data.ts';
import type { ModelInfo } from './engineSlice.ts';
import { OWN_SET, shippedSet } from './shipped.ts';
import type { LensState } from './state.ts';

/** The blocks that were analysed here, as the command line would give them to the writer of packs. */
export async function analysedParts(state: LensState): Promise<PackParts> {
  const subject = loadedValue(state.subject);
  const info = modelOf(state);
  const blocks = [...state.live.values()].map(({ summary }) => summary).sort((a, b) => a.block - b.block);
  if (!subject || !info || blocks.length === 0) {
    throw new LensError('unavailable', 'Nothing has been analysed here yet: analyse a block first.');
  }
  const texts = subject.pack && (await state.ensureTexts());
  return {
    software: SOFTWARE,
    model: {
      name: subject.model.title,
      hash: info.hash,
      ...(info.hashOf !== 'whole file' && { hashOf: info.hashOf }),
      config: subject.model.config,
    },
    set: { ...(await setFacts(state)), count: subject.set.count },
    backend: info.backend,
    ...(texts && { texts }),
    blocks,
  };
}

/** The model that made them: the running one if it is the view's. */
function modelOf({ engine, opened, view }: LensState): ModelInfo | undefined {
  const running = engine.status === 'ready' ? engine.info : undefined;
  return running?.id === view.model ? running : opened.get(view.model);
}

async function setFacts(state: LensState): Promise<Pick<PackParts['set'], 'name' | 'url' | 'hash'>> {
  const subject = loadedValue(state.subject)!;
  const { name } = subject.set;
  if (name === OWN_SET && state.ownSet)
    return { name: state.ownSet.name, hash: await hashFiles(state.ownSet.files) };
  const known = subject.pack?.set;
  if (known) return { name: known.name, ...(known.url && { url: known.url }), hash: known.hash };
  const shipped = shippedSet(name);
  if (shipped) return { name: shipped.title, hash: shipped.hash };
  throw new LensError('unavailable', 'The pictures of this analysis are no longer here.');
}

/** Most own pictures that go along with a saved analysis: some 30 MB. */
export const MOST_COPIES = 5000;

/** How many own pictures could go along with what is saved; 0 where the pictures in view are not a person's own. */
export const copiesOf = ({ view, ownSet }: Pick<LensState, 'view' | 'ownSet'>): number =>
  view.set === OWN_SET && ownSet ? ownSet.files.length : 0;

/**
 * A person's own pictures as they go into a pack.
 * @throws LensError `bad-request` where there are none, or too many
 */
export function picturesToPack(state: Pick<LensState, 'view' | 'ownSet'>) {
  const count = copiesOf(state);
  if (count > 0 && count <= MOST_COPIES) return { name: state.ownSet!.name, files: state.ownSet!.files };
  throw new LensError('bad-request', `Only up to ${MOST_COPIES} pictures of your own can go along.`);
}

/** A name for the file that says what is in it. */
export const packName = (parts: PackParts): string =>
  `${`${parts.model.name} on ${parts.set.name}`.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.zip`;
