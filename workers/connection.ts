import { proxy, type Remote, releaseProxy, wrap } from 'comlink';
import { LensError } from '../src/errors.ts';
import type { LensApi, ReportProgress } from './protocol.ts';

/** One living worker. It is thrown away whole when it crashes: nothing of it is used again. */
export interface Connection {
  readonly remote: Remote<LensApi>;
  /** True once the worker is gone. */
  readonly dead: () => boolean;
  /** The answer, or the crash if that comes first: a call to a dead worker never answers by itself. */
  settle<T>(answer: Promise<T>): Promise<T>;
  /** Ends the worker and fails all that is under way. */
  end(reason: Error): void;
}

/** Starts a worker and connects to it. */
export function connect(create: () => Worker, report: ReportProgress): Connection {
  const worker = create();
  const remote = wrap<LensApi>(worker);
  let gone: Error | undefined;
  let announce: (error: Error) => void = () => {};
  const crash = new Promise<never>((_, reject) => {
    announce = reject;
  });
  crash.catch(() => {}); // each call has its own listener

  const end = (reason: Error): void => {
    if (gone) return;
    gone = reason;
    announce(reason);
    remote[releaseProxy]();
    worker.terminate();
  };
  worker.addEventListener('error', (event) => {
    event.preventDefault?.();
    const detail = event.message ? ` (${event.message})` : '';
    end(
      new LensError(
        'unavailable',
        `The background worker stopped${detail}. Try again: a new one is started.`,
      ),
    );
  });
  worker.addEventListener('messageerror', () => {
    end(new LensError('unavailable', 'The background worker sent something unreadable. Try again.'));
  });

  const connection: Connection = {
    remote,
    dead: () => gone !== undefined,
    settle: (answer) => {
      if (gone) return Promise.reject(gone);
      return Promise.race([answer, crash]);
    },
    end,
  };
  connection.settle(Promise.resolve(remote.connect(proxy(report)))).catch(() => {});
  return connection;
}
