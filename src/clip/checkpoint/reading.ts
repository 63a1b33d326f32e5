import { LensError } from '../../errors.ts';
import type { TextConfig, VisionConfig } from '../config.ts';
import { towerTensors } from '../values.ts';
import type { ActivationBasis, ClipWeights, TextWeights, VisionWeights } from '../weights.ts';

/** A tower as one format's reader found it. */
export interface TowerReading<Config, Weights> {
  readonly config: Config;
  readonly weights: Weights;
  readonly dim: number;
  readonly activationBasis: ActivationBasis;
  /** The file it was found in, for sentences. */
  readonly from: string;
}

/** What was found in one file, or in all safetensors files together. */
export interface Reading {
  readonly vision?: TowerReading<VisionConfig, VisionWeights>;
  readonly text?: TowerReading<TextConfig, TextWeights>;
  readonly temperature?: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Makes one model of what was found.
 * @throws LensError `bad-request` when a tower was found twice, `bad-file` when the towers' joint spaces
 * differ; there must be at least one tower.
 */
export function combine(readings: readonly Reading[]): ClipWeights {
  const vision = single(
    readings.flatMap((reading) => reading.vision ?? []),
    'image',
  );
  const text = single(
    readings.flatMap((reading) => reading.text ?? []),
    'text',
  );
  const dim = (vision ?? text)?.dim;
  if (dim === undefined) throw new LensError('bad-file', 'No tower of CLIP was found.');
  if (vision && text) requireSameSpace(vision, text);
  const assumed = [vision, text].some((tower) => tower?.activationBasis === 'assumed');
  const temperature = readings.find((reading) => reading.temperature !== undefined)?.temperature;
  const weights: ClipWeights = {
    config: { dim, ...(vision && { vision: vision.config }), ...(text && { text: text.config }) },
    ...(vision && { vision: vision.weights }),
    ...(text && { text: text.weights }),
    activationBasis: assumed ? 'assumed' : 'stated',
    temperature,
    files: new Map(readings.flatMap(({ files }) => [...files])),
  };
  return { ...weights, files: usedFiles(weights) };
}

/** Without files of which nothing is used in place, so that their memory can be freed. */
function usedFiles(weights: ClipWeights): Map<string, Uint8Array> {
  const used = new Set(towerTensors(weights).map(({ file }) => file));
  return new Map([...weights.files].filter(([name]) => used.has(name)));
}

function single<T extends { from: string }>(towers: readonly T[], what: string): T | undefined {
  const [first, second] = towers;
  if (!first || !second) return first;
  throw new LensError(
    'bad-request',
    `${first.from} and ${second.from} both hold the ${what} tower; give only one of them.`,
  );
}

function requireSameSpace(vision: { dim: number; from: string }, text: { dim: number; from: string }): void {
  if (vision.dim === text.dim) return;
  throw new LensError(
    'bad-file',
    `The image tower (${vision.from}) has a joint space of ${vision.dim} dimensions, the text tower ` +
      `(${text.from}) one of ${text.dim}: they are not of the same model.`,
  );
}
