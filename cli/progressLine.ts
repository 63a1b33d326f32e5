import type { Progress } from '../src/progress.ts';

/** Where progress goes: stderr, or a stand-in for tests. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** 75 → "1:15", 3700 → "1:01:40". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (part: number) => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

const REWRITE_MS = 100;
const PLAIN_LINE_MS = 15_000;

/**
 * Says how far a job is: one line rewritten on a terminal; in a log one every 15 s and one
 * when a stage ends.
 */
export function progressLine(terminal: Terminal, now: () => number = Date.now) {
  let stage = '';
  let began = 0;
  /** Done when it began: a run that goes on has not done that now. */
  let before = 0;
  let said = 0;

  const line = ({ stage, done, total }: Progress): string => {
    const seconds = (now() - began) / 1000;
    const since = done - before;
    const left = since > 0 && done < total ? `, ${clock((seconds / since) * (total - done))} left` : '';
    const took = done === total ? `, took ${clock(seconds)}` : '';
    return `${stage}: ${done} of ${total}${left}${took}`;
  };
  const say = (text: string, last: boolean) => {
    if (terminal.isTTY) terminal.write(`\r\x1b[2K${text}${last ? '\n' : ''}`);
    else terminal.write(`${text}\n`);
  };

  return {
    report(progress: Progress): void {
      const fresh = progress.stage !== stage;
      const last = progress.done >= progress.total;
      if (fresh) {
        stage = progress.stage;
        began = now();
        before = progress.done;
        said = terminal.isTTY ? 0 : began;
      }
      const due = now() - said >= (terminal.isTTY ? REWRITE_MS : PLAIN_LINE_MS);
      if (!last && !due) return;
      said = now();
      say(line(progress), last);
    },
    /** A line that stays, between progress lines. */
    note(text: string): void {
      terminal.write(`${terminal.isTTY ? '\r\x1b[2K' : ''}${text}\n`);
    },
  };
}

export type ProgressLine = ReturnType<typeof progressLine>;
