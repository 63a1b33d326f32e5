import { parseClassList, useLens } from '../../state/index.ts';

const KEY = 'neuronlens.classes';

/** Keeps a person's class list while the tab lives, over a reload too; where storage is barred, until the reload. */
export function keepClasses(): () => void {
  try {
    const kept = sessionStorage.getItem(KEY);
    if (kept && !useLens.getState().ownClasses) useLens.getState().setClasses(listOf(kept));
  } catch {
    // storage is barred, or what was kept is no list: the set's classes are as good a start
  }
  return useLens.subscribe(({ ownClasses }, before) => {
    if (ownClasses === before.ownClasses) return;
    try {
      if (ownClasses) sessionStorage.setItem(KEY, JSON.stringify(ownClasses));
      else sessionStorage.removeItem(KEY);
    } catch {
      // storage is barred or full
    }
  });
}

/** What was kept, held to the same rules as what is typed. */
function listOf(kept: string) {
  const { names, templates } = JSON.parse(kept) as { names: string[]; templates: string[] };
  return parseClassList(names.join('\n'), templates.join('\n'));
}
