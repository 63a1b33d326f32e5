/** SVG as text: the little that figures need. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Hundredths of a CSS pixel are finer than any print. */
export const coordinate = (value: number): string => String(Math.round(value * 100) / 100);

/** As XML takes it, in content and in attributes; characters that XML has no way to hold are left out. */
export const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** One element; attributes that are undefined are left out. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeXml(value!)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** A group, or nothing where there is nothing in it. */
export const group = (attributes: Attributes, children: readonly string[]): string[] =>
  children.length === 0 ? [] : [element('g', attributes, children)];
