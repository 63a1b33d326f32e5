import { LensError } from '../errors.ts';
import type { KeptStatus, OfflineAnswer, OfflineRequest } from '../offline/messages.ts';
import type { OfflinePort } from './offlinePort.ts';

/** A service worker that says nothing for so long is gone: one file at a slow line takes minutes. */
const PATIENCE_MS = 10 * 60_000;
/** After the page was loaded, and after whatever a person does: that should not share line and processor. */
const CALM_MS = 2000;

/** The service worker of a page. Where there is none, the page works as ever. */
export function browserOffline(): OfflinePort {
  let registered: ServiceWorkerRegistration | undefined;
  let acted = 0;
  for (const kind of ['pointermove', 'pointerdown', 'wheel', 'keydown']) {
    globalThis.addEventListener?.(kind, () => (acted = performance.now()), { capture: true, passive: true });
  }

  async function ask(worker: ServiceWorker | null | undefined, request: OfflineRequest): Promise<KeptStatus> {
    const answer = await askWorker(worker, request);
    if (answer.kind === 'status') return answer;
    if (answer.kind !== 'failed') throw new LensError('unavailable', 'The service worker does not answer.');
    if (answer.full) {
      throw new LensError('out-of-memory', 'The browser gives this page no more room on this machine.');
    }
    throw new LensError('unavailable', answer.message);
  }

  return {
    barred: reasonAgainst,
    savesData: () => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true,
    threads() {
      if (globalThis.crossOriginIsolated) return 'now';
      return registered?.active ? 'after reload' : 'no';
    },
    async start(onNewVersion) {
      registered = await register();
      watchForNew(registered, onNewVersion);
      return ask(registered.active, 'status');
    },
    async idle(isBusy) {
      await loaded();
      acted ||= performance.now();
      while (isBusy() || performance.now() - acted < CALM_MS) await later(CALM_MS / 4);
      await nothingToDo();
    },
    keepNext: () => ask(registered?.active, 'keep'),
    update: async () => {
      await registered?.update();
    },
    async forget() {
      await askWorker(registered?.active, 'forget').catch(() => undefined); // unregistered in any case
      for (const registration of await navigator.serviceWorker.getRegistrations()) {
        if (registration.scope === folder()) await registration.unregister();
      }
      registered = undefined;
    },
    async useNewVersion() {
      const waiting = registered?.waiting;
      if (waiting && (await askWorker(waiting, 'take over')).kind === 'others') return false;
      location.reload();
      return true;
    },
    reload: () => location.reload(),
  };
}

const loaded = (): Promise<void> =>
  new Promise((resolve) => {
    if (document.readyState === 'complete') resolve();
    else addEventListener('load', () => resolve(), { once: true });
  });

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const nothingToDo = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 5000 });
    else setTimeout(resolve, 50); // Safari
  });

/** The folder of the page, which is what the service worker serves. */
const folder = (): string => new URL('./', location.href).href;

function reasonAgainst(): string | undefined {
  if (import.meta.env.DEV) return 'The development server keeps nothing.';
  if (globalThis.self !== globalThis.top) return 'A page inside another page keeps nothing.';
  if (!globalThis.isSecureContext) return 'Browsers keep pages only of servers with https.';
  if (!('serviceWorker' in navigator)) return 'This browser, or this kind of window, keeps no pages.';
  return undefined;
}

async function register(): Promise<ServiceWorkerRegistration> {
  try {
    const registration = await navigator.serviceWorker.register(new URL('sw.js', folder()), {
      scope: folder(),
    });
    await active(registration);
    return registration;
  } catch (cause) {
    throw new LensError('unavailable', 'This browser could not keep the page on this machine.', { cause });
  }
}

/** Resolves once one is active: the first that is installed is so at once. */
async function active(registration: ServiceWorkerRegistration): Promise<void> {
  if (registration.active) return;
  const coming = registration.installing ?? registration.waiting;
  if (!coming) throw new Error('no service worker came of it');
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (coming.state === 'activated') resolve();
      if (coming.state === 'redundant') reject(new Error('the service worker could not be installed'));
    };
    coming.addEventListener('statechange', look);
    look();
  });
}

function watchForNew(registration: ServiceWorkerRegistration, onNewVersion: () => void): void {
  const tell = (worker: ServiceWorker | null): void => {
    if (worker?.state === 'installed' && registration.active && registration.active !== worker)
      onNewVersion();
  };
  tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => tell(coming));
  });
}

function askWorker(
  worker: ServiceWorker | null | undefined,
  request: OfflineRequest,
): Promise<OfflineAnswer> {
  if (!worker) return Promise.reject(new LensError('unavailable', 'Nothing is kept on this machine.'));
  const { port1, port2 } = new MessageChannel();
  return new Promise<OfflineAnswer>((resolve, reject) => {
    const late = (): void => reject(new LensError('unavailable', 'The service worker does not answer.'));
    const timer = setTimeout(late, PATIENCE_MS);
    port1.onmessage = ({ data }: MessageEvent<OfflineAnswer>) => {
      clearTimeout(timer);
      resolve(data);
    };
    worker.postMessage(request, [port2]);
  }).finally(() => port1.close());
}
