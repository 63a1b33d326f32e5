import { readFileSync } from 'node:fs';
import type { CheckpointFile } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { imageTowerGraph, PIXELS } from '../../../src/clip/graph/imageTower.ts';
import { END, TOKENS, textTowerGraph } from '../../../src/clip/graph/textTower.ts';
import { OUTPUTS } from '../../../src/clip/trace.ts';
import type { ClipWeights } from '../../../src/clip/weights.ts';
import { runGraph } from '../../support/runGraph.ts';

/** Files that the real writers made; see scripts/fixtures/make_checkpoints.py. */
export const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/checkpoints/${name}`, import.meta.url)));

export const fixtureJson = (name: string): unknown => JSON.parse(new TextDecoder().decode(fixture(name)));

/** One way in which a model is stored. */
export interface Row {
  readonly files: readonly string[];
  readonly model: 'quick' | 'erf' | 'open';
  readonly tolerance: 'fp32' | 'fp16' | 'bf16' | 'q8';
  readonly config?: string;
}

export const rows = fixtureJson('rows.json') as readonly Row[];

/** What the libraries compute with a model. */
export interface Expected {
  readonly image: readonly number[][];
  readonly text: readonly number[][];
  readonly temperature: number;
}

const inputs = fixtureJson('inputs.json') as { pixels: number[]; tokens: number[][]; ends: number[] };

export const filesOf = (row: Row): CheckpointFile[] =>
  row.files.map((name) => ({ name, bytes: fixture(name) }));

/** Embeddings of the fixture's pictures, [2, D]. */
export async function imageEmbeddings(weights: ClipWeights): Promise<Float32Array> {
  const pixels = { data: Float32Array.from(inputs.pixels), dims: [2, 3, 32, 32] };
  return (await runGraph(imageTowerGraph(weights), { [PIXELS]: pixels }))[OUTPUTS.embedding]!.data;
}

/** Embeddings of the fixture's texts, [2, D]. */
export async function textEmbeddings(weights: ClipWeights): Promise<Float32Array> {
  const outputs = await runGraph(textTowerGraph(weights), {
    [TOKENS]: { data: BigInt64Array.from(inputs.tokens.flat(), BigInt), dims: [2, 12] },
    [END]: { data: BigInt64Array.from(inputs.ends, BigInt), dims: [2] },
  });
  return outputs[OUTPUTS.embedding]!.data;
}
