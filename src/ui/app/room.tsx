import { type ComponentType, use } from 'react';

/** A page that loads when it is asked for, or before. */
export interface Room {
  readonly Page: ComponentType;
  /** Loads it ahead of being shown; a failure shows when it is asked for. */
  prepare(): void;
}

/** Unlike React's `lazy`, what was loaded ahead is drawn at once, without a moment of “Loading …”. */
export function room(load: () => Promise<ComponentType>): Room {
  let loaded: ComponentType | undefined;
  let loading: Promise<ComponentType> | undefined;
  const start = (): Promise<ComponentType> => {
    loading ??= load().then(
      (Page) => {
        loaded = Page;
        return Page;
      },
      (error) => {
        loading = undefined; // tried again when it is next asked for
        throw error;
      },
    );
    return loading;
  };
  return {
    Page() {
      const Shown = loaded ?? use(start());
      return <Shown />;
    },
    prepare: () => void start().catch(() => undefined),
  };
}
