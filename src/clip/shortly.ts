/** A value from somebody's file as it may stand in a sentence: short, whatever the file holds. */
export function shortly(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return Array.isArray(value) ? 'a list' : value === undefined ? 'missing' : 'an object';
}
