import { LensError } from '../errors.ts';
import type { BlockSummary } from '../lens/blockSummary.ts';
import type { Progress } from '../progress.ts';
import { type Agreement, agreementOf } from './agreement.ts';
import {
  type BlockDetail,
  type BlockOverview,
  type Looked,
  loadedValue,
  type NumberSource,
  ready,
} from './data.ts';
import { setSource } from './engineSlice.ts';
import { remaining } from './eta.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import type { Services } from './services.ts';
import type { LensState, Slice } from './state.ts';

/** One block, computed here. */
export interface LiveBlock {
  /** As it came from the worker, for who wants to keep it. */
  readonly summary: BlockSummary;
  readonly looked: Looked;
  readonly overview: BlockOverview;
  readonly loadableDetail: { readonly status: 'ready'; readonly value: BlockDetail };
  /** With the shipped numbers, where there are any. */
  readonly agreement: Agreement | undefined;
  readonly seconds: number;
  readonly images: number;
}

/** The one long job of the page. */
export type AnalysisJob =
  | { readonly status: 'idle' }
  | {
      readonly status: 'running';
      readonly block: number;
      readonly progress: Progress;
      readonly secondsLeft: number | undefined;
    }
  | { readonly status: 'done'; readonly block: number }
  | { readonly status: 'cancelled'; readonly block: number }
  | { readonly status: 'failed'; readonly block: number; readonly message: string };

export interface AnalysisSlice {
  readonly job: AnalysisJob;
  readonly live: ReadonlyMap<number, LiveBlock>;
  /** Which numbers are wanted; a block without live ones shows the shipped. */
  readonly source: NumberSource;
  /** Analyses the block in view on this machine; a shipped analysis is repeated with its own options. */
  recompute(): Promise<void>;
  cancelJob(): void;
  setSource(source: NumberSource): void;
  /** Another model or set is in view: its own computed blocks, kept from before, take the place of these. */
  turnAnalysisTo(subject: string): void;
  /** Forgets what was computed on a set whose pictures are no longer the same. */
  forgetAnalyses(ofSet: string): void;
}

export const analysisSlice: Slice<AnalysisSlice> = (set, get, services) => {
  let controller: AbortController | undefined;
  /** Blocks computed for other models and sets: an hour's work is not lost by looking elsewhere. */
  const kept = new Map<string, ReadonlyMap<number, LiveBlock>>();
  let about = '';

  return {
    job: { status: 'idle' },
    live: new Map(),
    source: 'shipped',
    async recompute() {
      if (get().job.status === 'running') return;
      const own = new AbortController();
      controller = own;
      const { block } = get().view;
      try {
        const result = await analyse(block, own.signal, set, get, services);
        if (own.signal.aborted) throw own.signal.reason;
        set({ live: new Map(get().live).set(block, result), source: 'live', job: { status: 'done', block } });
      } catch (error) {
        if (controller !== own) return; // about a model or set no longer in view
        if (own.signal.aborted || isCancelled(error)) set({ job: { status: 'cancelled', block } });
        else set({ job: { status: 'failed', block, message: sentenceFor(error) } });
      }
    },
    cancelJob: () => controller?.abort(new LensError('cancelled', 'The recomputation was cancelled.')),
    setSource: (source) => set({ source }),
    turnAnalysisTo(subject) {
      controller?.abort(new LensError('cancelled', 'Another model or set was opened.'));
      controller = undefined;
      kept.set(about, get().live);
      about = subject;
      set({ live: kept.get(subject) ?? new Map(), job: { status: 'idle' } });
    },
    forgetAnalyses(ofSet) {
      for (const subject of kept.keys()) if (subject.endsWith(`/${ofSet}`)) kept.delete(subject);
      if (about.endsWith(`/${ofSet}`)) set({ live: new Map(), job: { status: 'idle' } });
    },
  };
};

async function analyse(
  block: number,
  signal: AbortSignal,
  set: Parameters<Slice<AnalysisSlice>>[0],
  get: () => LensState,
  services: Services,
): Promise<LiveBlock> {
  const pace = remaining();
  const show = (progress: Progress) => {
    if (signal.aborted) return;
    const left = pace.secondsLeft(services.now(), progress.done, progress.total);
    set({ job: { status: 'running', block, progress, secondsLeft: left } });
  };
  show({ stage: 'Starting the model', done: 0, total: 0 });
  const client = await unlessAborted(get().ensureEngine(), signal);
  const subject = loadedValue(get().subject);
  if (!subject) throw new LensError('unavailable', 'Model or pictures are not there yet.');
  const shipped = subject.pack && (await shippedNumbers(get, block));
  const since = services.now();
  const options = { block, ...subject.options };
  const summary = await client.summarise(setSource(get(), services.url), options, {
    signal,
    onProgress: show,
  });
  signal.throwIfAborted();
  const { images, looked, overview, detail } = summary;
  await services.pause(); // the page draws before the comparison
  const agreement = shipped && agreementOf(summary, shipped, subject.pack?.version);
  const seconds = (services.now() - since) / 1000;
  return { summary, looked, overview, loadableDetail: ready(detail), agreement, seconds, images };
}

async function shippedNumbers(get: () => LensState, block: number) {
  const [overview, detail] = await Promise.all([get().ensureOverview(block), get().shippedBlock(block)]);
  if (detail && overview) return { overview, detail };
  throw new LensError('unavailable', 'The shipped numbers to compare with are not there; reload the page.');
}

/** Leaves a shared promise alone, but stops waiting for it. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
