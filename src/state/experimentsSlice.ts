import type { ExperimentRun, KeptRun } from '../../workers/experimentProtocol.ts';
import { LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { experimentKey, experimentRequest } from './experimentRequest.ts';
import { EXPERIMENT_SETTINGS, type ExperimentSettings } from './experimentSettings.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import type { LensState, Slice } from './state.ts';

export type {
  AblationTables,
  AdversarialTables,
  ExperimentRun,
  ExperimentTables,
  IndirectTables,
  KeptRun,
  SegmentationFigures,
  SegmentationTables,
  ShownScene,
} from '../../workers/experimentProtocol.ts';

/** The experiment that runs here, or how the last one ended. */
export type ExperimentJob =
  | { readonly status: 'idle' }
  | {
      readonly status: 'running';
      readonly key: string;
      readonly progress: Progress;
    }
  | { readonly status: 'cancelled'; readonly key: string }
  | { readonly status: 'failed'; readonly key: string; readonly message: string };

export interface ExperimentsSlice {
  readonly experimentJob: ExperimentJob;
  /** Runs as far as they are, by key. */
  readonly runs: ReadonlyMap<string, ExperimentRun>;
  /** All that this browser keeps, the latest first. */
  readonly keptRuns: readonly KeptRun[];
  /** Runs the view's experiment, or goes on with it. */
  runExperiment(): Promise<void>;
  cancelExperiment(): void;
  /** Looks for what is kept of the view's experiment. */
  lookForExperiment(): Promise<void>;
  forgetExperiment(key: string): Promise<void>;
}

/** Between two looks at the table of a running experiment, ms. */
const LOOK_MS = 1000;

export const experimentsSlice: Slice<ExperimentsSlice> = (set, get, services) => {
  let controller: AbortController | undefined;

  const keep = (run: ExperimentRun): void => set({ runs: new Map(get().runs).set(run.key, run) });

  async function list(): Promise<void> {
    const client = await services.client();
    set({ keptRuns: await client.keptExperiments() });
  }

  /** Shows how far a run is, and now and then its table so far. */
  function watcher(key: string, signal: AbortSignal): (progress: Progress) => void {
    let looked = services.now();
    return (progress) => {
      if (signal.aborted) return;
      set({ experimentJob: { status: 'running', key, progress } });
      const now = services.now();
      if (now - looked < LOOK_MS) return;
      looked = now;
      void soFar(key).then((run) => run && !signal.aborted && keep(run));
    };
  }

  /** A look in passing: a failure of it is told by what it looks at. */
  async function soFar(key: string): Promise<ExperimentRun | undefined> {
    const client = await services.client();
    return client.experiment(key).catch(() => undefined);
  }

  async function run(key: string, signal: AbortSignal): Promise<void> {
    const watch = watcher(key, signal);
    watch({ stage: 'Starting the model', done: 0, total: 0 });
    const client = await get().ensureEngine();
    signal.throwIfAborted();
    const request = await experimentRequest(get, services.url);
    signal.throwIfAborted();
    keep(await client.runExperiment(request, { signal, onProgress: watch }));
  }

  return {
    experimentJob: { status: 'idle' },
    runs: new Map(),
    keptRuns: [],
    async runExperiment() {
      const key = experimentKey(get());
      if (get().experimentJob.status === 'running' || key === undefined) return;
      const own = new AbortController();
      controller = own;
      try {
        await run(key, own.signal);
        set({ experimentJob: { status: 'idle' } });
      } catch (error) {
        const cancelled = own.signal.aborted || isCancelled(error);
        set({
          experimentJob: cancelled
            ? { status: 'cancelled', key }
            : { status: 'failed', key, message: sentenceFor(error) },
        });
        const left = await soFar(key);
        if (left) keep(left);
      }
      await list().catch(() => undefined); // the list is of help, the run stands without it
    },
    cancelExperiment: () => controller?.abort(new LensError('cancelled', 'The experiment was cancelled.')),
    async lookForExperiment() {
      const key = experimentKey(get());
      if (key === undefined) return;
      await list().catch(() => undefined);
      const job = get().experimentJob;
      if (job.status === 'running' && job.key === key) return;
      const found = await soFar(key);
      if (found) keep(found);
    },
    async forgetExperiment(key) {
      const client = await services.client();
      await client.forgetExperiment(key);
      const runs = new Map(get().runs);
      runs.delete(key);
      set({ runs, keptRuns: get().keptRuns.filter((run) => run.key !== key) });
    },
  };
};

/** Whether the page of experiments shows one that may be kept. */
export function experimentMoved(state: LensState, before: LensState): boolean {
  const { view, subject } = state;
  if (view.page !== 'experiments' || subject.status !== 'ready') return false;
  const settings: readonly (keyof ExperimentSettings | 'pool')[] = [...EXPERIMENT_SETTINGS, 'pool'];
  const moved = settings.some((name) => view[name] !== before.view[name]);
  return moved || subject !== before.subject || view.page !== before.view.page;
}
