import { useLens } from '../../state/index.ts';

const KEY = 'neuronlens.singleKeys';

/** Keeps what is a matter of the person, not of the view, between visits; where storage is barred, for this one. */
export function keepPreferences(): () => void {
  try {
    if (localStorage.getItem(KEY) === 'off') useLens.getState().setSingleKeys(false);
  } catch {
    return () => {}; // storage is switched off in this browser: nothing to keep them in
  }
  return useLens.subscribe(({ singleKeys }, before) => {
    if (singleKeys !== before.singleKeys) localStorage.setItem(KEY, singleKeys ? 'on' : 'off');
  });
}
