/**
 * How much of R² is chance: sparse codes of the shipped neurons' directions beside those of random ones,
 * over the shipped words. `npx tsx bench/words.ts`
 */
import { prepareAtoms, sparseCode } from '../src/lens/sparseCode.ts';
import { mapFiles, openPack } from '../src/pack/index.ts';
import { packFolder } from '../test/support/packFolder.ts';
import { generator } from '../test/support/randomClip.ts';

const SAMPLE = 32;
const pack = await openPack(mapFiles(packFolder('public/packs/pictograms')));
const texts = await pack.texts();
if (!texts) throw new Error('the shipped pack has no words');
const dim = texts.embeddings.length / texts.words.length;
const { directions } = await pack.detail(0);
const random = generator(1);

/** A random unit vector [D]: a sum of uniforms is normal enough. */
function randomDirection(): Float32Array {
  const vector = Float32Array.from({ length: dim }, () => {
    let sum = 0;
    for (let i = 0; i < 12; i++) sum += random();
    return sum;
  });
  const mean = vector.reduce((a, b) => a + b, 0) / dim;
  const centred = vector.map((x) => x - mean);
  const length = Math.hypot(...centred);
  return centred.map((x) => x / length);
}

const step = Math.floor(directions.length / dim / SAMPLE);
const neurons = Array.from({ length: SAMPLE }, (_, i) =>
  directions.slice(i * step * dim, (i * step + 1) * dim),
);
const randoms = Array.from({ length: SAMPLE }, randomDirection);

console.log(`mean R² of ${SAMPLE} directions, ${texts.words.length} words, ${dim} dimensions, block 0`);
console.log('atoms         words   neurons   random');
for (const form of ['unit-atoms', 'as-released'] as const) {
  const atoms = prepareAtoms(texts.embeddings, dim, form);
  for (const terms of [4, 8, 16, 32, 64, 128]) {
    const mean = (list: Float32Array[]) =>
      list.reduce((sum, r) => sum + sparseCode(r, atoms, { terms, atoms: form }).r2, 0) / list.length;
    console.log(
      form.padEnd(12),
      String(terms).padStart(6),
      mean(neurons).toFixed(3).padStart(9),
      mean(randoms).toFixed(3).padStart(8),
    );
  }
}
