import { LensError } from '../errors.ts';

/** A thing that can be named or drawn. */
export interface NamedConcept {
  readonly label: string;
  /** Other words for it. */
  readonly synonyms?: readonly string[];
  /** What else counts as the same sort of thing; concepts of one family are kin. */
  readonly family?: string;
}

/** Everything that would give the target away. */
export interface Kinship {
  readonly target: string;
  /** Words and phrases, each in the form they are compared in. */
  readonly terms: readonly string[];
  /** Whether a text names the target or any of its kin. */
  readonly names: (text: string) => boolean;
  /** Whether a concept is kin: any of its words is, or its family is the target's. */
  readonly has: (concept: NamedConcept) => boolean;
}

/**
 * Who is kin of a target: it and its synonyms; every concept that one of these words names, as a whole
 * word inside its label or synonyms (a "dog face" is kin of "dog"), or that is of the target's family; and all
 * words of those concepts. A text names them when it contains such a word or phrase, in any case, in singular
 * or plural, written apart, with a hyphen or together.
 *
 * Words within words (bulldog) are not seen: list them as synonyms.
 * @param concepts all that may be drawn; those of the target's label give its synonyms and family
 * @throws LensError `bad-request` for a target without a letter or digit.
 */
export function kinshipOf(target: string, concepts: readonly NamedConcept[]): Kinship {
  const own = phrase(target);
  if (own === '') throw new LensError('bad-request', 'The target class needs a name.');
  const namesakes = concepts.filter(({ label }) => phrase(label) === own);
  const families = new Set(namesakes.flatMap(({ family }) => family ?? []));
  const close = matcher([target, ...namesakes.flatMap(wordsOf)]);
  const related = concepts.filter(
    (concept) =>
      (concept.family !== undefined && families.has(concept.family)) || wordsOf(concept).some(close.matches),
  );
  const kin = matcher([...close.terms, ...related.flatMap(wordsOf)]);
  return {
    target,
    terms: kin.terms,
    names: kin.matches,
    has: (concept) =>
      (concept.family !== undefined && families.has(concept.family)) || wordsOf(concept).some(kin.matches),
  };
}

const wordsOf = ({ label, synonyms = [] }: NamedConcept): string[] => [label, ...synonyms];

function matcher(words: readonly string[]): { terms: string[]; matches: (text: string) => boolean } {
  const terms = [...new Set(words.map(phrase))].filter((term) => term !== '');
  const padded = terms.map((term) => ` ${term} `);
  const together = new Set(terms.map((term) => term.replaceAll(' ', '')));
  return {
    terms,
    matches: (text) => {
      const read = phrase(text);
      return padded.some((term) => ` ${read} `.includes(term)) || together.has(read.replaceAll(' ', ''));
    },
  };
}

/** A text as it is compared: lower-case words in the singular, one space between them. */
const phrase = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map(singular)
    .join(' ');

/** Plurals that no ending gives away. */
const IRREGULAR: Readonly<Record<string, string>> = {
  mice: 'mouse',
  lice: 'louse',
  feet: 'foot',
  teeth: 'tooth',
  geese: 'goose',
  oxen: 'ox',
  children: 'child',
  people: 'person',
};

/**
 * English plural endings off, as often as there are any. Not always a word ("horse" becomes "hor"), but the
 * same for singular and plural; words that become alike by accident are left out together.
 */
function singular(word: string): string {
  const next = (IRREGULAR[word] ?? word)
    .replace(/(.{2})ies?$/u, '$1y')
    .replace(/(.{2})(?:ves?|fe)$/u, '$1f')
    .replace(/(.)men$/u, '$1man')
    .replace(/(s|x|z|ch|sh|o)es?$/u, '$1')
    .replace(/([^s])s$/u, '$1');
  return next === word ? word : singular(next);
}
