import { ACTION_GROUPS, type Action, type ActionGroup } from './action.ts';

/** One row of the list of keys: an action, or several that belong together under one name. */
export interface HelpRow {
  readonly label: string;
  /** Chords; of a series the first and the last. */
  readonly keys: readonly string[];
  readonly actions: readonly Action[];
}

export interface HelpGroup {
  readonly group: ActionGroup;
  readonly rows: readonly HelpRow[];
}

/** All actions in their groups, each in exactly one row; groups without any are left out. */
export function helpGroups(actions: readonly Action[]): HelpGroup[] {
  return ACTION_GROUPS.map((group) => ({
    group,
    rows: rowsOf(actions.filter((action) => action.group === group)),
  })).filter(({ rows }) => rows.length > 0);
}

function rowsOf(actions: readonly Action[]): HelpRow[] {
  const names = new Set(actions.map(nameOf));
  return [...names].map((label) => {
    const own = actions.filter((action) => nameOf(action) === label);
    const keys =
      own.length > 1 ? [own[0]!, own.at(-1)!].map((action) => action.keys[0]!) : (own[0]?.keys ?? []);
    return { label, keys, actions: own };
  });
}

const nameOf = (action: Action): string => action.series ?? action.label;
