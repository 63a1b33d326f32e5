import type { Tokenizer } from '../../clip/tokenizer.ts';
import { towerTensors } from '../../clip/values.ts';
import type { ClipWeights } from '../../clip/weights.ts';
import { LensError } from '../../errors.ts';

/** Exercises letters, digits, marks and a word of several tokens. */
const PROBE = 'A probe: naïve 1,234 neuroscientists’ t-shirts!';

/**
 * SHA-256, hex, of all that decides what a text's embedding is: the text tower's weights, its config and the
 * tokenizer. The same whichever file or container the weights came in.
 * @throws LensError `unavailable` without a text tower, or in a page that browsers offer no hash
 */
export async function textIdentity(weights: ClipWeights, tokenizer: Tokenizer | undefined): Promise<string> {
  const { text, config, files } = weights;
  if (!text) throw new LensError('unavailable', 'This model has no text tower.');
  if (!globalThis.crypto?.subtle) {
    throw new LensError('unavailable', 'Hashes need a page served over https or from localhost.');
  }
  const lines = [JSON.stringify(config.text), JSON.stringify(tokenizer?.encode(PROBE).ids ?? [])];
  for (const { dtype, shape, file, offset, length } of towerTensors({ text })) {
    const bytes = files.get(file)?.subarray(offset, offset + length);
    if (!bytes) throw new LensError('unavailable', `The weight file ${file} is not loaded.`);
    lines.push(`${dtype} ${shape} ${await sha256(bytes)}`);
  }
  lines.push(text.projection.layout);
  return sha256(new TextEncoder().encode(lines.join('\n')));
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
