import { LensError } from '../../errors.ts';
import { tokenCount } from '../config.ts';
import { OUTPUTS } from '../trace.ts';
import type { ClipWeights } from '../weights.ts';
import { clsToken } from './imageTower.ts';
import { GraphBuilder, type OnnxGraph } from './onnx.ts';
import { block, layerNorm, project, type TowerPrecision } from './tower.ts';

/** Name of the input: float32 [B, T, W], the residual stream after a block. */
export const RESIDUAL = 'residual';

/**
 * What comes after block `after` of the image tower: {@link RESIDUAL} → `embedding` [B, D]. So a change inside a
 * block can be run to its end without running what comes before.
 * @throws LensError `bad-request` for the last block or one that the model does not have
 */
export function restOfTowerGraph(
  weights: ClipWeights,
  after: number,
  { half = false }: TowerPrecision = {},
): OnnxGraph {
  const { vision } = weights;
  const { vision: config, dim } = weights.config;
  if (!vision || !config) throw new LensError('bad-request', 'This checkpoint has no image tower.');
  if (!Number.isInteger(after) || after < 0 || after >= config.layers - 1) {
    throw new LensError('bad-request', `Nothing can be run after block ${after} of ${config.layers}.`);
  }
  const g = new GraphBuilder('rest_of_tower', half);
  const residual = g.input(RESIDUAL, 'float32', ['B', tokenCount(config), config.width]);
  let x = g.op('Reshape', [residual, g.ints(-1, config.width)]);
  const headsShape = g.ints(-1, tokenCount(config), config.heads, config.width / config.heads);
  vision.blocks.slice(after + 1).forEach((blockWeights, i, rest) => {
    const pick = i === rest.length - 1 ? { pick: (rows: string) => clsToken(g, rows, config) } : {};
    x = block(g, x, blockWeights, config, { headsShape, ...pick }).x;
  });
  const final = layerNorm(g, x, vision.postNorm, config.layerNormEps);
  g.output(OUTPUTS.embedding, project(g, final.y, vision.projection), 'float32', ['B', dim]);
  return g.build(weights.files);
}
