import type { Services } from './services.ts';
import type { LensStore } from './store.ts';

const KEYS = 'neuronlens.singleKeys';
const RECENT = 'neuronlens.recentActions';

/** Keeps what is a matter of the person, not of the view, between visits; where storage is barred, for this one. */
export function bindPreferences(
  store: LensStore,
  { kept, keep }: Pick<Services, 'kept' | 'keep'>,
): () => void {
  const { setSingleKeys, restoreActions } = store.getState();
  if (kept(KEYS) === 'off') setSingleKeys(false);
  restoreActions(parsed(kept(RECENT)));
  return store.subscribe(({ singleKeys, recentActions }, before) => {
    if (singleKeys !== before.singleKeys) keep(KEYS, singleKeys ? 'on' : 'off');
    if (recentActions !== before.recentActions) keep(RECENT, JSON.stringify(recentActions));
  });
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
