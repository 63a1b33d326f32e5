/**
 * The service worker, built by scripts/vite/offline.ts. Written by hand: the generated ones add no headers (which give
 * WASM its threads on hosts that send none) and answer no ranges (by which packs are read).
 */
import { sha256 } from '../src/images/hash.ts';
import { Keeper } from '../src/offline/keeper.ts';
import type { OfflineAnswer, OfflineRequest } from '../src/offline/messages.ts';
import type { Release } from '../src/offline/release.ts';
import type { ServiceScope } from './serviceScope.ts';

/** Put in by the build. */
declare const __RELEASE__: Release;

const scope = globalThis as unknown as ServiceScope;
const keeper = new Keeper(__RELEASE__, scope.registration.scope, {
  caches,
  fetch: (address, init) => fetch(address, init),
  hash: (bytes) => sha256(new Uint8Array(bytes)),
});

// Neither skipWaiting() nor clients.claim(): a page stays with the version that it started with.
scope.addEventListener('install', (event) => event.waitUntil(keeper.keepShell()));
scope.addEventListener('activate', (event) => event.waitUntil(keeper.replaceOthers()));
scope.addEventListener('fetch', (event) => {
  if (keeper.knows(event.request)) event.respondWith(keeper.answer(event.request));
});
scope.addEventListener('message', (event) => {
  const port = event.ports[0];
  if (!port) return;
  event.waitUntil(
    answer(event.data as OfflineRequest)
      .catch(failure)
      .then((reply) => port.postMessage(reply)),
  );
});

async function answer(request: OfflineRequest): Promise<OfflineAnswer> {
  switch (request) {
    case 'status':
      return { kind: 'status', ...(await keeper.status()) };
    case 'keep':
      return { kind: 'status', ...(await keeper.keepNext()) };
    case 'forget':
      await keeper.forget();
      return { kind: 'done' };
    case 'take over':
      return takeOver();
  }
}

/** Only from one page that is alone: any other one would lose the files it runs on. */
async function takeOver(): Promise<OfflineAnswer> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const ours = pages.filter(({ url }) => url.startsWith(scope.registration.scope));
  if (ours.length > 1) return { kind: 'others' };
  await scope.skipWaiting();
  return { kind: 'done' };
}

function failure(error: unknown): OfflineAnswer {
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  return { kind: 'failed', full, message: error instanceof Error ? error.message : String(error) };
}
