/**
 * Reading a pool of words with padding trimmed, against padding to 77, side by side: `npx tsx bench/texts.ts`
 * [--words 4096] [--rounds 3] [--threads 2]. ViT-B/32's text tower with random weights, in Node. Tokens are drawn
 * at random with the lengths that OpenAI's tokenizer gives the words of public/words (measured once, below), so
 * that no tokenizer is needed.
 */
import { readCheckpoint } from '../src/clip/checkpoint/read-checkpoint.ts';
import type { ClipConfig } from '../src/clip/config.ts';
import { configJson } from '../src/clip/configJson.ts';
import { END, TOKENS, textTowerGraph } from '../src/clip/graph/textTower.ts';
import { tokenBatch } from '../src/clip/tokenizer.ts';
import { OUTPUTS } from '../src/clip/trace.ts';
import { nodeBackend } from '../src/engine/backends/node.ts';
import { batchesByLength } from '../src/engine/towers/textTower.ts';
import { generator, randomCheckpoint } from '../test/support/randomClip.ts';
import { interleaved, numberOption, report } from './measure.ts';

const CONTEXT = 77;
const CONFIG: ClipConfig = {
  text: {
    width: 512,
    layers: 12,
    heads: 8,
    neurons: 2048,
    activation: 'quick_gelu',
    layerNormEps: 1e-5,
    vocabularySize: 49408,
    contextLength: CONTEXT,
  },
  dim: 512,
};
/** Share of the pool's texts with so many tokens, start and end included. */
const LENGTHS = {
  words: { 3: 0.6744, 4: 0.2793, 5: 0.0426, 6: 0.0037 },
  'noun phrases': { 4: 0.8996, 5: 0.0859, 6: 0.0125, 7: 0.002 },
};

const words = numberOption('words', 2048);
const rounds = numberOption('rounds', 3);
const threads = numberOption('threads', 2);
/** Padded texts are so slow that a part of them stands for all. */
const padded = Math.max(32, Math.round(words / 16));

const weights = readCheckpoint(randomCheckpoint(CONFIG, 1), configJson(CONFIG));
const backend = await nodeBackend({ threads });
const session = await backend.session(textTowerGraph(weights));
const random = generator(3);

async function embed(rows: readonly number[][], batches: readonly number[][], length?: number) {
  const embeddings = new Float32Array(rows.length * CONFIG.dim);
  for (const batch of batches) {
    const {
      tokens,
      ends,
      length: T,
    } = tokenBatch(
      batch.map((i) => rows[i]!),
      length,
    );
    const results = await session.run({
      [TOKENS]: backend.tensor('int64', tokens, [batch.length, T]),
      [END]: backend.tensor('int64', ends, [batch.length]),
    });
    const data = results[OUTPUTS.embedding]!.data as Float32Array;
    batch.forEach((index, i) => {
      embeddings.set(data.subarray(i * CONFIG.dim, (i + 1) * CONFIG.dim), index * CONFIG.dim);
    });
  }
  return embeddings;
}

const rows = [];
for (const [pool, lengths] of Object.entries(LENGTHS)) {
  const texts = Array.from({ length: words }, () => text(drawn(lengths)));
  const some = texts.slice(0, padded);
  const inOrder = Array.from({ length: Math.ceil(padded / 32) }, (_, b) =>
    Array.from({ length: Math.min(32, padded - 32 * b) }, (_, i) => 32 * b + i),
  );
  const [a, b] = [await embed(some, batchesByLength(some)), await embed(some, inOrder, CONTEXT)];
  const worst = a.reduce((max, x, i) => Math.max(max, Math.abs(x - b[i]!)), 0);
  const [trimmed, full] = await interleaved(
    [
      { name: 'trimmed', run: () => embed(texts, batchesByLength(texts)) },
      { name: 'padded to 77', run: () => embed(some, inOrder, CONTEXT) },
    ],
    rounds,
  );
  const each = { trimmed: trimmed!.ms / words, padded: full!.ms / padded };
  rows.push({
    pool,
    'ms a text, trimmed': each.trimmed.toFixed(3),
    'ms a text, padded to 77': each.padded.toFixed(3),
    'times as fast': (each.padded / each.trimmed).toFixed(1),
    'largest difference': worst.toExponential(1),
    '30,000 texts, s': ((30_000 * each.trimmed) / 1000).toFixed(0),
  });
}
report(`A pool of texts, ViT-B/32's text tower on ${threads} threads, ${words} texts`, rows);
await session.release();

/** A length drawn from shares. */
function drawn(lengths: Readonly<Record<string, number>>): number {
  let left = (random() + 1) / 2;
  for (const [length, share] of Object.entries(lengths)) {
    left -= share;
    if (left <= 0) return Number(length);
  }
  return 3;
}

function text(length: number): number[] {
  const middle = Array.from({ length: length - 2 }, () => Math.floor(((random() + 1) / 2) * 49406));
  return [49406, ...middle, 49407];
}
