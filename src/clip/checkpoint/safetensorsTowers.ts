import { floats } from '../values.ts';
import type { CheckpointFile } from './checkpointFile.ts';
import { otherArchitecture, refuseOthers } from './otherArchitecture.ts';
import type { Reading, TowerReading } from './reading.ts';
import type { StatedSizes, StatedTower } from './statedSizes.ts';
import { TensorTable } from './tensorTable.ts';
import { namingOfText, namingOfVision, type TowerSizes, textSizes, visionSizes } from './towerSizes.ts';

/**
 * The towers in one or several safetensors files with Hugging Face's or OpenCLIP's names, be it a file
 * a tower or shards. No weight is copied, but for BF16.
 *
 * Where nothing states them, heads are those of the known models of that width, and the activation is
 * `quick_gelu` for Hugging Face's names and exact `gelu` for OpenCLIP's, the defaults of the libraries.
 * @throws LensError see {@link readCheckpoint}
 */
export function readSafetensorsTowers(files: readonly CheckpointFile[], stated: StatedSizes): Reading {
  const table = new TensorTable(files);
  refuseOthers(table.names());
  const visionNaming = namingOfVision(table);
  const textNaming = namingOfText(table);
  if (!visionNaming && !textNaming) throw otherArchitecture(table.names());
  const vision =
    visionNaming &&
    readTower(table, visionNaming.vision, {
      sizes: visionSizes(table, visionNaming, stated),
      stated: stated.vision,
      marker: visionNaming.cls,
    });
  const text =
    textNaming &&
    readTower(table, textNaming.text, {
      sizes: textSizes(table, textNaming, stated),
      stated: stated.text,
      marker: textNaming.token,
    });
  const scale = logitScale(table);
  const reading = { ...(vision && { vision }), ...(text && { text }), files: table.files() };
  return scale ? { ...reading, temperature: Math.exp(floats(reading, scale)[0] as number) } : reading;
}

interface TowerFacts<Config> {
  readonly sizes: TowerSizes<Config>;
  readonly stated: StatedTower;
  /** The tensor by which the tower was known. */
  readonly marker: string;
}

function readTower<Config, Weights>(
  table: TensorTable,
  weightsOf: (table: TensorTable, config: Config, dim: number) => Weights,
  { sizes: { config, dim }, stated, marker }: TowerFacts<Config>,
): TowerReading<Config, Weights> {
  return {
    config,
    weights: weightsOf(table, config, dim),
    dim,
    activationBasis: stated.activation ? 'stated' : 'assumed',
    from: table.fileOf(marker),
  };
}

/** A scalar, or one value in an array. */
const logitScale = (table: TensorTable) =>
  table.has('logit_scale')
    ? table.tensor('logit_scale', table.isScalar('logit_scale') ? [] : [1])
    : undefined;
