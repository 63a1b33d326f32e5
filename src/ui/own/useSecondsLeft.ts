import { useEffect, useRef, useState } from 'react';
import type { Progress } from '../../progress.ts';
import { type Remaining, remaining } from '../../state/eta.ts';

/** Of a job, at the pace of late: a download that goes on where it was begins with much done already. */
export function useSecondsLeft(progress: Progress | undefined): number | undefined {
  const pace = useRef<Remaining>(undefined);
  const stage = useRef<string>(undefined);
  const [left, setLeft] = useState<number>();
  useEffect(() => {
    if (!progress) return;
    if (stage.current !== progress.stage) pace.current = remaining();
    stage.current = progress.stage;
    setLeft(pace.current!.secondsLeft(performance.now(), progress.done, progress.total));
  }, [progress]);
  return left;
}
