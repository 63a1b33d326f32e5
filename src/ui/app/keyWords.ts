const isMac = (): boolean => /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '');

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
  Escape: 'Esc',
  Space: 'Space',
};

/** A chord as it stands on this machine's keyboard: `Mod+k` → `Ctrl K`, on a Mac `⌘ K`. */
export function keyWords(chord: string, mac = isMac()): string {
  const parts = chord.split('+');
  const last = parts.pop()!;
  const held = parts.map((part) => {
    if (part === 'Mod') return mac ? '⌘' : 'Ctrl';
    return mac ? '⇧' : part;
  });
  const name = SIGNS[last] ?? (held.length > 0 ? last.toUpperCase() : last);
  return [...held, name].join(' ');
}

/** A chord as `aria-keyshortcuts` takes it. */
export const keyShortcut = (chord: string, mac = isMac()): string =>
  chord.replace('Mod', mac ? 'Meta' : 'Control');
