import { blocksOf, loadedValue, useLens } from '../../../state/index.ts';
import { nearnessOf } from '../../../state/learn/bornOut.ts';
import { type GameSource, WORDS } from '../../../state/learn/game.ts';
import { chanceOf } from '../../../state/learn/look.ts';

/** The analysis in view as the game draws from it; undefined where it brings no descriptions, or nothing to name them by. */
export async function gameSource(): Promise<GameSource | undefined> {
  const state = useLens.getState();
  const [opened, pictures] = [loadedValue(state.subject), loadedValue(state.pictures)];
  const chance = chanceOf(state, WORDS);
  if (!opened || !pictures || !chance || opened.directions) return undefined;
  const texts = await state.ensureTexts();
  return (
    texts && {
      blocks: blocksOf(opened),
      chance,
      labels: pictures.labels,
      near: nearnessOf(texts),
      overview: state.ensureOverview,
      neuron: state.ensureNeuron,
      direction: state.shippedDirection,
    }
  );
}
