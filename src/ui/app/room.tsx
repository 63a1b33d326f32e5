import { type ComponentType, type JSX, use } from 'react';

/** A part of the page that loads when it is asked for, or before. */
export interface Room<Props extends object> {
  readonly View: ComponentType<Props>;
  /** Loads it ahead of being shown; a failure shows when it is asked for. */
  prepare(): void;
}

/** Unlike React's `lazy`, what was loaded ahead is drawn at once, and what failed to load is tried again. */
export function room<Props extends object = object>(load: () => Promise<ComponentType<Props>>): Room<Props> {
  let loaded: ComponentType<Props> | undefined;
  let loading: Promise<ComponentType<Props>> | undefined;
  const start = (): Promise<ComponentType<Props>> => {
    loading ??= load().then(
      (component) => {
        loaded = component;
        return component;
      },
      (error) => {
        loading = undefined; // tried again when it is next asked for
        throw error;
      },
    );
    return loading;
  };
  return {
    View(props: Props): JSX.Element {
      const Shown = loaded ?? use(start());
      return <Shown {...props} />;
    },
    prepare: () => void start().catch(() => undefined),
  };
}
