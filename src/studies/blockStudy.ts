import { joined } from '../bytes.ts';
import type { Engine, PixelSource } from '../engine/engine.ts';
import type { SparseCodes } from '../engine/words/sparseCodes.ts';
import type { BlockAnalysis } from '../lens/analysis.ts';
import type { Form } from '../lens/form.ts';
import { type AtomForm, type Atoms, reconstruction } from '../lens/sparseCode.ts';
import type { JobOptions } from '../progress.ts';
import type { Checkpoint } from './checkpoint.ts';

/** What the experiments need of a block's analysis; of one bit an image and neuron, the rest is flat in images. */
export interface BlockStudy {
  readonly block: number;
  readonly neurons: number;
  /** [N, D] */
  readonly means: Float32Array;
  /** r [N, D] */
  readonly directions: Float32Array;
  /** [N] */
  readonly thresholds: Float32Array;
  /** [N] */
  readonly varianceShares: Float32Array;
  /** Bit n of row i: whether neuron n is significant on image i, [I, ⌈N/8⌉]. */
  readonly bits: Uint8Array;
}

/** Job options for work on one block: every stage says which block it is about. */
export const blockJob = ({ signal, onProgress }: JobOptions, block: number): JobOptions => ({
  ...(signal && { signal }),
  onProgress: (p) =>
    onProgress?.(p.stage.startsWith('Block ') ? p : { ...p, stage: `Block ${block}: ${p.stage}` }),
});

/** Which atoms the released script takes, and which the corrected form. */
export const atomsOf = (form: Form): AtomForm => (form === 'as-released' ? 'as-released' : 'unit-atoms');

/** Second-order analyses of blocks over a set, taken from the checkpoint where they are done. */
export async function studyBlocks(
  engine: Engine,
  pixels: PixelSource,
  blocks: readonly number[],
  topK: number,
  checkpoint: Checkpoint,
  job: JobOptions,
): Promise<BlockStudy[]> {
  const studies = new Map<number, BlockStudy>();
  for (const block of blocks) {
    const kept = await recall(checkpoint, block, engine);
    if (kept) studies.set(block, kept);
  }
  const missing = blocks.filter((block) => !studies.has(block));
  for await (const analysis of engine.analyseBlocks(pixels, missing, { topK, listed: 1 }, job)) {
    const study = studyOf(analysis);
    await checkpoint.put(`block-${study.block}`, packed(study));
    studies.set(study.block, study);
  }
  return blocks.map((block) => studies.get(block)!);
}

function studyOf({
  options,
  images,
  neurons,
  means,
  directions,
  thresholds,
  varianceShares,
  norms,
}: BlockAnalysis): BlockStudy {
  const row = Math.ceil(neurons / 8);
  const bits = new Uint8Array(images * row);
  for (let i = 0; i < images; i++) {
    for (let n = 0; n < neurons; n++) {
      if (norms[i * neurons + n]! > thresholds[n]!) bits[i * row + (n >> 3)]! |= 1 << (n & 7);
    }
  }
  return { block: options.block, neurons, means, directions, thresholds, varianceShares, bits };
}

/** 1 for the neurons that are significant on an image of the set, [N]. */
export function significantOn({ neurons, bits }: BlockStudy, image: number): Uint8Array {
  const row = image * Math.ceil(neurons / 8);
  return Uint8Array.from({ length: neurons }, (_, n) => (bits[row + (n >> 3)]! >> (n & 7)) & 1);
}

const packed = ({ means, directions, thresholds, varianceShares, bits }: BlockStudy): Uint8Array =>
  joined([means, directions, thresholds, varianceShares, bits]);

async function recall(
  checkpoint: Checkpoint,
  block: number,
  { config }: Engine,
): Promise<BlockStudy | undefined> {
  const found = await checkpoint.get(`block-${block}`);
  if (!found || !config.vision) return undefined;
  const bytes = new Uint8Array(found).buffer;
  const { dim, vision } = config;
  const { neurons } = vision;
  const floats = (from: number, count: number) => new Float32Array(bytes, from, count);
  const after = 8 * neurons * dim;
  return {
    block,
    neurons,
    means: floats(0, neurons * dim),
    directions: floats(after / 2, neurons * dim),
    thresholds: floats(after, neurons),
    varianceShares: floats(after + 4 * neurons, neurons),
    bits: new Uint8Array(bytes, after + 8 * neurons),
  };
}

/** Codes of a block's directions in at most `terms` texts, taken from the checkpoint where they are done. */
export async function describeBlock(
  engine: Engine,
  { block, neurons, directions }: Pick<BlockStudy, 'block' | 'neurons' | 'directions'>,
  atoms: Atoms,
  terms: number,
  checkpoint: Checkpoint,
  job: JobOptions,
): Promise<SparseCodes> {
  const options = { terms, atoms: atoms.form };
  const name = `block-${block}-codes-${terms}`;
  const kept = await checkpoint.get(name);
  const size = neurons * terms;
  if (kept && kept.length === 4 * (2 * size + neurons)) {
    const bytes = new Uint8Array(kept).buffer;
    return {
      options,
      texts: new Int32Array(bytes, 0, size),
      coefficients: new Float32Array(bytes, 4 * size, size),
      r2: new Float32Array(bytes, 8 * size, neurons),
    };
  }
  const codes = await engine.sparseCodes(directions, atoms, options, blockJob(job, block));
  await checkpoint.put(name, joined([codes.texts, codes.coefficients, codes.r2]));
  return codes;
}

/** A neuron's code without its unused places. */
export function codeOf({ texts, coefficients, options: { terms } }: SparseCodes, neuron: number) {
  const row = texts.subarray(neuron * terms, (neuron + 1) * terms);
  const used = row.filter((text) => text >= 0).length;
  return {
    texts: row.subarray(0, used),
    coefficients: coefficients.subarray(neuron * terms, neuron * terms + used),
  };
}

/** r̂ [N, D] of all codes. */
export function reconstructions(codes: SparseCodes, atoms: Atoms): Float32Array {
  const neurons = codes.r2.length;
  const rows = new Float32Array(neurons * atoms.dim);
  for (let n = 0; n < neurons; n++) rows.set(reconstruction(codeOf(codes, n), atoms), n * atoms.dim);
  return rows;
}
