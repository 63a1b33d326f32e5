import { useEffect, useState } from 'react';
import { failed, LOADING, type Loadable, ready, useLens } from '../../../state/index.ts';
import { makeRound, type Round } from '../../../state/learn/game.ts';
import { gameSource } from './gameSource.ts';

const TOO_FEW =
  'The analysis in view has too few neurons whose descriptions are good enough to play with. The shipped one has them.';
const NOT_READ = 'The neurons could not be read; is there a connection?';

/** The cards of a round, drawn from the analysis in view; and the way to draw them again after a failure. */
export function useRound(
  seed: number,
  number: number,
): { readonly round: Loadable<Round>; readonly again: () => void } {
  const [turn, setTurn] = useState(0);
  const [round, setRound] = useState<Loadable<Round>>(LOADING);
  const subject = useLens((state) => state.subject);
  const pictures = useLens((state) => state.pictures.status === 'ready');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn draws again
  useEffect(() => {
    if (subject.status === 'failed') return setRound(failed(subject.message));
    if (subject.status !== 'ready' || !pictures) return;
    let wanted = true;
    const put = (value: Loadable<Round>): void => {
      if (wanted) setRound(value);
    };
    put(LOADING);
    draw(seed, number).then(
      (drawn) => put(drawn ? ready(drawn) : failed(TOO_FEW)),
      () => put(failed(NOT_READ)),
    );
    return () => {
      wanted = false;
    };
  }, [seed, number, subject, pictures, turn]);
  return { round, again: () => setTurn(turn + 1) };
}

async function draw(seed: number, number: number): Promise<Round | undefined> {
  const source = await gameSource();
  return source && makeRound(source, seed, number);
}
