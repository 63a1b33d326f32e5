import { LensError } from '../errors.ts';

/** Names a picture is classified among, and the sentences they are put into. */
export interface ClassList {
  readonly names: readonly string[];
  /** With `{}` where the name goes. */
  readonly templates: readonly string[];
}

/** More than this many classes are no list a person made. */
export const MOST_CLASSES = 2000;
export const MOST_TEMPLATES = 100;
/** Texts that the model reads for a list; some minutes on a processor. */
export const MOST_TEXTS = 20_000;
/** Of a name or a template; the text tower reads 77 tokens and no more. */
const LONGEST = 200;

const bad = (sentence: string) => new LensError('bad-request', sentence);

const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean),
  ),
];

/**
 * A list as a person wrote it: a class a line, a template a line; no template means the bare name.
 * @throws LensError `bad-request` with the line that is wrong
 */
export function parseClassList(names: string, templates: string): ClassList {
  const list = { names: linesOf(names), templates: linesOf(templates) };
  if (list.names.length === 0) throw bad('Name at least one class, one a line.');
  if (list.names.length > MOST_CLASSES) {
    throw bad(`These are ${list.names.length} classes; at most ${MOST_CLASSES} can be read here.`);
  }
  if (list.templates.length > MOST_TEMPLATES) {
    throw bad(`These are ${list.templates.length} templates; at most ${MOST_TEMPLATES} can be used.`);
  }
  const long = [...list.names, ...list.templates].find((line) => line.length > LONGEST);
  if (long)
    throw bad(`“${long.slice(0, 40)}…” has ${long.length} characters; at most ${LONGEST} make sense.`);
  const nameless = list.templates.find((template) => !template.includes('{}'));
  if (nameless) throw bad(`The template “${nameless}” has no {} where the class goes.`);
  const texts = list.names.length * Math.max(1, list.templates.length);
  if (texts > MOST_TEXTS) {
    throw bad(
      `${texts} texts are too many to read here (at most ${MOST_TEXTS}); use fewer templates or classes.`,
    );
  }
  return list.templates.length > 0 ? list : { ...list, templates: ['{}'] };
}
