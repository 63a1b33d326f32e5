import { LensError } from '../errors.ts';
import { uniforms } from './randomChoice.ts';
import type { Kinship, NamedConcept } from './wordKinship.ts';

/** What a composed picture shows: indices into the list of concepts. */
export interface AdversarialScene {
  readonly depicted: number;
  readonly others: readonly number[];
  /** Decides looks and places; scenes of equal seeds differ in the others alone. */
  readonly seed: number;
}

/**
 * The concepts that words name, by label or synonym, in the order of the words, none twice: without the target,
 * its kin, the depicted class, and what cannot be drawn.
 * @param drawable whether there is a drawing of concept `i`
 */
export function conceptsNamed(
  words: readonly string[],
  concepts: readonly NamedConcept[],
  { kin, depicted, drawable }: { kin: Kinship; depicted: number; drawable: (concept: number) => boolean },
): number[] {
  const byName = new Map<string, number>();
  concepts.forEach(({ synonyms = [] }, i) => {
    for (const name of synonyms) {
      if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), i);
    }
  });
  concepts.forEach(({ label }, i) => {
    byName.set(label.toLowerCase(), i);
  });
  const named = words.flatMap((word) => byName.get(word.toLowerCase()) ?? []);
  return [...new Set(named)].filter(
    (concept) => concept !== depicted && drawable(concept) && !kin.has(concepts[concept]!),
  );
}

/**
 * A picture of the depicted class among `count` of the given concepts, chosen at random by the seed.
 * @throws LensError `bad-request` when the depicted class or another is the target or kin of it: such a
 *   picture would prove nothing.
 */
export function adversarialScene(
  depicted: number,
  others: readonly number[],
  count: number,
  concepts: readonly NamedConcept[],
  kin: Kinship,
  seed: number,
): AdversarialScene {
  const given = [depicted, ...others].find((concept) => kin.has(concepts[concept]!));
  if (given !== undefined) {
    throw new LensError(
      'bad-request',
      `A picture with "${concepts[given]!.label}" would show ${kin.target} or what is like it.`,
    );
  }
  const next = uniforms(seed);
  const left = [...others];
  const chosen: number[] = [];
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(Math.floor(next() * left.length), 1));
  }
  return { depicted, others: chosen, seed };
}
