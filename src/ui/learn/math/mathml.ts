/** A piece of a formula, as MathML has it; every browser draws it itself. */
export interface MathNode {
  readonly tag:
    | 'mrow'
    | 'mi'
    | 'mn'
    | 'mo'
    | 'mtext'
    | 'mspace'
    | 'msub'
    | 'msup'
    | 'msubsup'
    | 'mfrac'
    | 'munder'
    | 'mover'
    | 'mtable'
    | 'mtr'
    | 'mtd';
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children: readonly (MathNode | string)[];
}

/** What a formula is put together from: letters and signs may be written as they are. */
export type Part = MathNode | string;

const node = (
  tag: MathNode['tag'],
  children: MathNode['children'],
  attributes?: Record<string, string>,
): MathNode => (attributes ? { tag, children, attributes } : { tag, children });

const NUMBER = /^[\d.,]+$/;
const LETTER = /^[\p{L}ĉ]$/u;

/** A plain string becomes a number, a letter, a word or a sign, by what it is. */
const made = (part: Part): MathNode => {
  if (typeof part !== 'string') return part;
  if (NUMBER.test(part)) return node('mn', [part]);
  if (LETTER.test(part)) return node('mi', [part]);
  return /^\p{L}/u.test(part) ? node('mtext', [part]) : node('mo', [part]);
};

export const row = (...parts: readonly Part[]): MathNode => node('mrow', parts.map(made));
export const sub = (base: Part, below: Part): MathNode => node('msub', [made(base), made(below)]);
export const sup = (base: Part, above: Part): MathNode => node('msup', [made(base), made(above)]);
export const subSup = (base: Part, below: Part, above: Part): MathNode =>
  node('msubsup', [made(base), made(below), made(above)]);
export const fraction = (above: Part, below: Part): MathNode => node('mfrac', [made(above), made(below)]);
export const bar = (base: Part): MathNode =>
  node('mover', [made(base), node('mo', ['¯'])], { accent: 'true' });
export const hat = (base: Part): MathNode =>
  node('mover', [made(base), node('mo', ['^'])], { accent: 'true' });
/** Σ over what stands below it. */
export const sumOver = (below: Part): MathNode =>
  node('munder', [node('mo', ['∑'], { movablelimits: 'false' }), made(below)]);
/** A named operator, such as “arg max”, over what stands below it. */
export const named = (name: string, below: Part): MathNode =>
  node('munder', [node('mo', [name], { movablelimits: 'false', rspace: '0.2em' }), made(below)]);
export const norm = (inner: Part): MathNode => row(fence('‖'), inner, fence('‖'));
export const inner = (a: Part, b: Part): MathNode => row(fence('⟨'), a, ',', b, fence('⟩'));
export const size = (part: Part): MathNode => row(fence('|'), part, fence('|'));
export const of = (name: Part, argument: Part): MathNode =>
  row(name, node('mo', ['⁡']), fence('('), argument, fence(')'));
/** Lines one below another. */
export const lines = (...rows: readonly MathNode[]): MathNode =>
  node(
    'mtable',
    rows.map((line) => node('mtr', [node('mtd', [line])])),
    { displaystyle: 'true', rowspacing: '0.6em', columnalign: 'left' },
  );

const fence = (sign: string): MathNode => node('mo', [sign], { stretchy: 'false' });
