import type { JobOptions, Progress } from '../src/progress.ts';
import type { ReportProgress } from './protocol.ts';

/** At most one progress message a job in this many ms, so that a fast job does not drown the page. */
const QUIET_MS = 40;

/** The worker's side of job numbers: an abort controller and a progress callback for each. */
export class Jobs {
  readonly #running = new Map<number, AbortController>();
  #report: ReportProgress = () => {};

  connect(report: ReportProgress): void {
    this.#report = report;
  }

  /** Runs `work` under a job number: `cancel` of that number aborts its signal. */
  async run<T>(job: number, work: (options: Required<JobOptions>) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#running.set(job, controller);
    try {
      return await work({ signal: controller.signal, onProgress: this.#reporter(job) });
    } finally {
      this.#running.delete(job);
    }
  }

  /** No-op when the job has ended. */
  cancel(job: number): void {
    this.#running.get(job)?.abort();
  }

  #reporter(job: number): (progress: Progress) => void {
    let last: { stage: string; at: number } | undefined;
    return (progress) => {
      const now = performance.now();
      const due = !last || progress.stage !== last.stage || now - last.at >= QUIET_MS;
      if (!due && progress.done < progress.total) return;
      last = { stage: progress.stage, at: now };
      this.#report(job, progress);
    };
  }
}
