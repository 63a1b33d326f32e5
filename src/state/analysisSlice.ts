import { LensError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { type Agreement, agreementOf } from './agreement.ts';
import { type BlockDetail, type BlockOverview, loadedValue, type NumberSource, ready } from './data.ts';
import { setSource } from './engineSlice.ts';
import { remaining } from './eta.ts';
import { isCancelled, sentenceFor } from './noticeSlice.ts';
import type { Services } from './services.ts';
import type { LensState, Slice } from './state.ts';

/** One block, recomputed here. */
export interface LiveBlock {
  readonly overview: BlockOverview;
  readonly loadableDetail: { readonly status: 'ready'; readonly value: BlockDetail };
  readonly agreement: Agreement;
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
  /** Repeats the shipped analysis of the block in view, with the pack's own options, on this machine. */
  recompute(): Promise<void>;
  cancelJob(): void;
  setSource(source: NumberSource): void;
}

export const analysisSlice: Slice<AnalysisSlice> = (set, get, services) => {
  let controller: AbortController | undefined;

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
        set({ live: new Map(get().live).set(block, result), source: 'live', job: { status: 'done', block } });
      } catch (error) {
        if (own.signal.aborted || isCancelled(error)) set({ job: { status: 'cancelled', block } });
        else set({ job: { status: 'failed', block, message: sentenceFor(error) } });
      }
    },
    cancelJob: () => controller?.abort(new LensError('cancelled', 'The recomputation was cancelled.')),
    setSource: (source) => set({ source }),
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
  const detail = await get().ensureBlock(block);
  const manifest = loadedValue(get().manifest);
  const overview = loadedValue(get().overviews.get(block));
  const pictures = loadedValue(get().pictures);
  if (!manifest || !detail || !overview || !pictures) {
    throw new LensError('unavailable', 'The shipped numbers to compare with are not there; reload the page.');
  }
  const { topK, listed, bins } = manifest.options;
  const since = services.now();
  const source = setSource(get(), services.url);
  const summary = await client.summarise(source, { block, topK, listed, bins }, { signal, onProgress: show });
  signal.throwIfAborted();
  const { images } = summary;
  show({ stage: 'Comparing with the shipped numbers', done: images, total: images });
  await services.pause();
  const agreement = agreementOf(summary, { overview, detail });
  const seconds = (services.now() - since) / 1000;
  return { overview: summary.overview, loadableDetail: ready(summary.detail), agreement, seconds, images };
}

/** Leaves a shared promise alone, but stops waiting for it. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
