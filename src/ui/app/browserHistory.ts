import type { HistoryPort } from '../../state/index.ts';

/** The address bar of this page. */
export const browserHistory = (): HistoryPort => ({
  hash: () => location.hash,
  push: (hash) => history.pushState(null, '', hash),
  replace: (hash) => history.replaceState(null, '', hash),
  listen(changed) {
    // Browsers tell of Back and Forward with popstate, of an edited address with both.
    let seen = location.href;
    const check = () => {
      seen = location.href;
      changed();
    };
    addEventListener('popstate', check);
    addEventListener('hashchange', () => seen !== location.href && check());
  },
});
