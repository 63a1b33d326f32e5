import type {
  ActingNeuron,
  ClassScore,
  Concept,
  FoundText,
  NearPicture,
  PatchReading,
} from '../imageTypes.ts';
import type { Sheet } from '../table.ts';

/** What the panels of the page of one picture show, as rows. */

export const actingSheet = (of: string, neurons: readonly ActingNeuron[]): Sheet => ({
  name: `${of} most active neurons`,
  columns: ['block', 'neuron', 'activation', 'norm', 'threshold', 'significant'],
  rows: neurons.map(({ block, neuron, activation, norm, threshold, significant }) => [
    block,
    neuron,
    activation,
    norm,
    threshold,
    significant ? 'yes' : 'no',
  ]),
});

/** @param off what is switched off, in words; empty when nothing is, and then there is no after */
export const classesSheet = (of: string, classes: readonly ClassScore[], off: readonly string[]): Sheet => ({
  name: `${of} classes`,
  columns: ['class', 'score', 'share', ...(off.length > 0 ? ['scoreWithout', 'shareWithout'] : [])],
  rows: classes.map(({ name, before, after, shareBefore, shareAfter }) => [
    name,
    before,
    shareBefore,
    ...(off.length > 0 ? [after, shareAfter] : []),
  ]),
  facts: factsOf(off),
});

/** A row a vote: which neuron says the word, and how loudly. */
export const conceptsSheet = (of: string, concepts: readonly Concept[], off: readonly string[]): Sheet => ({
  name: `${of} concepts`,
  columns: ['word', 'score', ...(off.length > 0 ? ['scoreWithout'] : []), 'block', 'neuron', 'part'],
  rows: concepts.flatMap(({ name, before, after, votes }) =>
    votes.map(({ block, neuron, part }) => [
      name,
      before,
      ...(off.length > 0 ? [after] : []),
      block,
      neuron,
      part,
    ]),
  ),
  facts: factsOf(off),
});

export function nearestSheet(
  of: string,
  before: readonly NearPicture[],
  after: readonly NearPicture[] | undefined,
  caption: (image: number) => string,
  off: readonly string[],
): Sheet {
  const rows = (list: string, pictures: readonly NearPicture[]) =>
    pictures.map(({ image, cosine }, i) => [list, i + 1, image, cosine, caption(image)]);
  return {
    name: `${of} nearest pictures`,
    columns: ['list', 'place', 'image', 'cosine', 'caption'],
    rows: [...rows('as it is', before), ...(after ? rows('without what is off', after) : [])],
    facts: factsOf(off),
  };
}

/** Maps of a text, a row a patch: as they are, before they are enlarged. */
export function mapsSheet(of: string, { text, maps }: FoundText, threshold: number): Sheet {
  const kinds = [...maps];
  const cells = kinds[0]?.[1].map.length ?? 0;
  const side = Math.round(Math.sqrt(cells));
  return {
    name: `${of} maps of ${text}`,
    columns: ['row', 'column', ...kinds.map(([kind]) => kind)],
    rows: Array.from({ length: cells }, (_, i) => [
      Math.floor(i / side),
      i % side,
      ...kinds.map(([, { map }]) => map[i]),
    ]),
    facts: { text, threshold },
  };
}

/** Which neurons a map was made of, and how each meets the text. */
export const chosenSheet = (of: string, { text, maps }: FoundText): Sheet => ({
  name: `${of} neurons for ${text}`,
  columns: ['map', 'block', 'neuron', 'score'],
  rows: [...maps].flatMap(([kind, { chosen }]) =>
    chosen.map(({ block, neuron, score }) => [kind, block, neuron, score]),
  ),
  facts: { text },
});

export const patchSheet = (of: string, { writers }: PatchReading): Sheet => ({
  name: `${of} writers`,
  columns: ['block', 'neuron', 'value'],
  rows: writers.map(({ block, neuron, value }) => [block, neuron, value]),
});

const factsOf = (off: readonly string[]): NonNullable<Sheet['facts']> =>
  off.length > 0 ? { switchedOff: off.join('; ') } : {};
