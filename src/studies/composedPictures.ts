import { type Colour, composePicture, cutObject, type Placement } from '../images/compose.ts';
import type { Picture, PictureSource } from '../images/picture.ts';
import type { SetIndex } from '../images/setIndex.ts';
import type { AdversarialScene } from '../lens/adversarialScene.ts';
import { uniforms } from '../lens/randomChoice.ts';

/** Drawings of concepts: objects cut out of a shipped set's scenes of one object. */
export interface Drawings {
  /** Whether there is one of a concept. */
  has(concept: number): boolean;
  /** One of them, chosen by a number in [0, 1). */
  of(concept: number, choice: number): Promise<Picture>;
}

/** Cut-outs of a set's scenes along its masks. An object at the border is cut there. */
export function openDrawings(index: SetIndex, scenes: PictureSource, masks: PictureSource): Drawings {
  const places = new Map<number, number[]>();
  index.scenes.forEach(({ objects }, scene) => {
    const [object] = objects;
    if (objects.length !== 1 || !object) return;
    places.set(object.concept, [...(places.get(object.concept) ?? []), scene]);
  });
  const cut = new Map<number, Promise<Picture>>();
  const cutOut = async (scene: number): Promise<Picture> => {
    const sprite = cutObject(await scenes.read(scene), await masks.read(scene), 1);
    if (!sprite) throw new Error(`scene ${scene} has an object that its mask does not`);
    return sprite;
  };
  return {
    has: (concept) => places.has(concept),
    of(concept, choice) {
      const list = places.get(concept)!;
      const scene = list[Math.floor(choice * list.length)]!;
      const sprite = cut.get(scene) ?? cutOut(scene);
      cut.set(scene, sprite);
      return sprite;
    },
  };
}

/** Composed pictures, drawn when they are read. */
export const composedSource = (
  scenes: readonly AdversarialScene[],
  size: number,
  drawings: Drawings,
): PictureSource => ({
  count: scenes.length,
  name: (i) => `composed picture ${i}`,
  read: (i) => compose(scenes[i]!, size, drawings),
});

/** Shares of the picture's side: the depicted object, the others, and how far the others are from the middle. */
const DEPICTED = 0.5;
const OTHER = 0.32;
const AWAY = 0.33;

/** A picture of S pixels a side: the depicted object in the middle, the others in the corners, on a plain light ground. */
export async function compose(
  { depicted, others, seed }: AdversarialScene,
  size: number,
  drawings: Drawings,
): Promise<Picture> {
  const next = uniforms(seed);
  const tint = (): number => 200 + Math.floor(56 * next());
  const ground: Colour = [tint(), tint(), tint()];
  const jitter = (): number => 0.04 * (next() - 0.5) * size;
  const middle: Placement = {
    sprite: await drawings.of(depicted, next()),
    x: size / 2 + jitter(),
    y: size / 2 + jitter(),
    side: DEPICTED * size,
  };
  const placements: Placement[] = [];
  const turn = Math.floor(4 * next());
  for (const [i, concept] of others.entries()) {
    const angle = (Math.PI / 2) * (i + turn) + Math.PI / 4;
    placements.push({
      sprite: await drawings.of(concept, next()),
      x: size / 2 + Math.SQRT2 * AWAY * size * Math.cos(angle) + jitter(),
      y: size / 2 + Math.SQRT2 * AWAY * size * Math.sin(angle) + jitter(),
      side: OTHER * size,
    });
  }
  return composePicture(size, ground, [...placements, middle]);
}
