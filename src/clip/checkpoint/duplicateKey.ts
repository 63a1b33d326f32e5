/**
 * The first key that a JSON object holds twice at its top level; `JSON.parse` would silently keep the
 * last, so that two readers could see different tensors. `text` must be valid JSON.
 */
export function duplicateKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    else if (char === '"') {
      const end = stringEnd(text, i);
      if (depth === 1 && isKey(text, end)) {
        const key = JSON.parse(text.slice(i, end)) as string;
        if (seen.has(key)) return key;
        seen.add(key);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** Index after the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function isKey(text: string, end: number): boolean {
  let i = end;
  while (i < text.length && /\s/.test(text[i] as string)) i++;
  return text[i] === ':';
}
