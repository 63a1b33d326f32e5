import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

const root = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** A path below `../shared`, the read-only reference material that lies beside the repository. */
export const sharedPath = (...parts: string[]): string => [root.replace(/\/$/, ''), ...parts].join('/');

/** True when the reference material is there; a plain clone does not have it. */
export const hasShared = existsSync(root);

/** A `describe` for tests that read `../shared`; skipped, saying so, where that folder is absent. */
export function describeWithShared(name: string, body: () => void): void {
  if (hasShared) describe(name, () => body());
  // A skipped body would still be run to collect its tests, and read files that are not there.
  else describe.skip(name, () => it(`skipped: no reference material at ${root}`, () => {}));
}
