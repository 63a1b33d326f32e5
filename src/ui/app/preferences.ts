import { useLens } from '../../state/index.ts';

const KEYS = 'neuronlens.singleKeys';
const RECENT = 'neuronlens.recentActions';

/** Keeps what is a matter of the person, not of the view, between visits; where storage is barred, for this one. */
export function keepPreferences(): () => void {
  const { setSingleKeys, restoreActions } = useLens.getState();
  if (read(KEYS) === 'off') setSingleKeys(false);
  restoreActions(parsed(read(RECENT)));
  return useLens.subscribe(({ singleKeys, recentActions }, before) => {
    if (singleKeys !== before.singleKeys) write(KEYS, singleKeys ? 'on' : 'off');
    if (recentActions !== before.recentActions) write(RECENT, JSON.stringify(recentActions));
  });
}

/** Null where storage is barred, as in a frame of another origin. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // barred or full: it lasts as long as the page
  }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
