import { describe, expect, test } from 'vitest';
import { LensError } from '../../src/errors.ts';
import type { KeptStatus } from '../../src/offline/messages.ts';
import { createLensStore, type LensStore } from '../../src/state/store.ts';
import { fakeOffline, fakeServices } from './fakes.ts';

const TOTAL = 100;
const at = (missing: number): KeptStatus => ({
  version: 'v1',
  total: TOTAL,
  kept: TOTAL - 25 * missing,
  missing,
});

/** A service worker that lacks some files. */
function keeping(missing: number, other: Parameters<typeof fakeOffline>[0] = {}) {
  let left = missing;
  let started = 0;
  const offline = fakeOffline({
    barred: () => undefined,
    start: async () => {
      started++;
      return at(left);
    },
    keepNext: async () => at(--left),
    update: async () => undefined,
    forget: async () => {
      left = missing;
    },
    ...other,
  });
  const store = createLensStore(fakeServices({}, { offline }));
  return { store, started: () => started };
}

/** What was said on the way. */
function told(store: LensStore): string[] {
  const words: string[] = [];
  store.subscribe(({ offline }, before) => {
    if (offline !== before.offline)
      words.push(offline.status + ('kept' in offline ? ` ${offline.kept}` : ''));
  });
  return words;
}

describe('keeping the page', () => {
  test('goes on file by file until all is here', async () => {
    const { store } = keeping(2);
    const words = told(store);
    await store.getState().startOffline();
    expect(words).toEqual(['starting', 'keeping 50', 'keeping 75', 'kept 100']);
  });

  test('waits while somebody waits for the model, unless it was asked for', async () => {
    const busy: boolean[] = [];
    const { store } = keeping(1, { idle: async (isBusy) => void busy.push(isBusy()) });
    store.setState({ engine: { status: 'loading', progress: undefined } });
    await store.getState().startOffline();
    expect(busy).toEqual([true, true]);
    const asked = keeping(1, { idle: async (isBusy) => void busy.push(isBusy()) });
    asked.store.setState({ engine: { status: 'loading', progress: undefined } });
    await asked.store.getState().keepOffline();
    expect(busy).toEqual([true, true, false]);
  });

  test('waits for the person’s word where data are to be saved, then goes on', async () => {
    const { store } = keeping(2, { savesData: () => true });
    await store.getState().startOffline();
    expect(store.getState().offline).toMatchObject({ status: 'paused', kept: 50 });
    await store.getState().keepOffline();
    expect(store.getState().offline).toMatchObject({ status: 'kept' });
  });

  test('says why it stopped, and can be taken up again', async () => {
    let full = true;
    const { store } = keeping(1, {
      keepNext: async () => {
        if (full) throw new LensError('out-of-memory', 'no more room');
        return at(0);
      },
    });
    await store.getState().startOffline();
    expect(store.getState().offline).toMatchObject({ status: 'failed', reason: 'no more room', kept: 75 });
    full = false;
    await store.getState().keepOffline();
    expect(store.getState().offline.status).toBe('kept');
  });

  test('where nothing can be kept the reason is told and nothing is installed', async () => {
    const { store, started } = keeping(2, { barred: () => 'no https' });
    await store.getState().startOffline();
    await store.getState().keepOffline();
    expect(store.getState().offline).toEqual({ status: 'barred', reason: 'no https' });
    expect(started()).toBe(0);
  });

  test('what a person deleted stays away at the next visit, until they ask for it', async () => {
    const { store, started } = keeping(1);
    await store.getState().startOffline();
    await store.getState().forgetOffline();
    expect(store.getState().offline).toEqual({ status: 'off' });
    await store.getState().startOffline();
    expect(started()).toBe(1);
    await store.getState().keepOffline();
    expect(store.getState().offline.status).toBe('kept');
  });

  test('deleting ends what is being fetched', async () => {
    const { store } = keeping(3, {
      keepNext: async () => {
        void store.getState().forgetOffline();
        return at(2);
      },
    });
    await store.getState().startOffline();
    await new Promise((resolve) => setTimeout(resolve));
    expect(store.getState().offline).toEqual({ status: 'off' });
  });
});

describe('a newer version', () => {
  test('is told, and taken over only while no other tab needs the one before', async () => {
    let alone = false;
    let tell = (): void => {};
    const { store } = keeping(0, {
      start: async (onNewVersion) => {
        tell = onNewVersion;
        return at(0);
      },
      useNewVersion: async () => alone,
    });
    await store.getState().startOffline();
    expect(store.getState().newVersion).toBe(false);
    tell();
    expect(store.getState().newVersion).toBe(true);
    await store.getState().useNewVersion();
    expect(store.getState().notices[0]?.text).toContain('open in another tab');
    alone = true;
    await store.getState().useNewVersion();
    expect(store.getState().notices.length).toBe(1);
  });

  test('threads are offered where one reload brings them, and nowhere else', async () => {
    const offered = keeping(0, { threads: () => 'after reload' });
    await offered.store.getState().startOffline();
    expect(offered.store.getState().threadsAfterReload).toBe(true);
    const has = keeping(0, { threads: () => 'now' });
    await has.store.getState().startOffline();
    expect(has.store.getState().threadsAfterReload).toBe(false);
  });
});
