/** What an unfinished run has done already, by name; an entry is there whole or not at all. */
export interface Checkpoint {
  /** Undefined when it was not done yet. */
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, bytes: Uint8Array | string): Promise<void>;
}

/** An entry that was put as JSON; undefined when it was not done yet. */
export async function keptJson<T>(checkpoint: Checkpoint, name: string): Promise<T | undefined> {
  const bytes = await checkpoint.get(name);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
}

/** A checkpoint within another: its entries' names begin with `prefix`. */
export const within = (checkpoint: Checkpoint, prefix: string): Checkpoint => ({
  get: (name) => checkpoint.get(`${prefix} ${name}`),
  put: (name, bytes) => checkpoint.put(`${prefix} ${name}`, bytes),
});
