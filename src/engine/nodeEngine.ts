import { LensError } from '../errors.ts';
import type { Backend } from './backend.ts';
import type { NodeBackendOptions } from './backends/node.ts';
import { nodeBackend } from './backends/node.ts';
import { processor } from './backends/nodeDevice.ts';
import { backendAgreement } from './checks/backendAgreement.ts';
import { TOLERANCE } from './checks/selfCheck.ts';
import { ClipEngine, type EngineOptions } from './clipEngine.ts';
import type { Engine } from './engine.ts';

/**
 * Less than a page may use, so that 2,000 images of ViT-B/32 stay within some 1.5 GB in all: what one block needs to
 * be recalled takes 303 MiB (block 9) to 344 MiB (block 0) of it. Sets beyond the budget are looked at three times.
 */
export const NODE_BUDGET_BYTES = 384 * 2 ** 20;

/**
 * A model on this machine, in Node: on its processor unless another device is asked for. A GPU runs it only after its first blocks gave what
 * they give on the processor.
 * @throws LensError `unavailable` for a device asked for by name that is not there or computes wrongly
 */
export async function openNodeEngine(options: EngineOptions & NodeBackendOptions): Promise<Engine> {
  const backend = await checkedBackend(options);
  const reference = backend.info.provider === 'cpu' ? undefined : () => onProcessor(options);
  return new ClipEngine(backend, { ...options, reference, budget: options.budget ?? NODE_BUDGET_BYTES });
}

const onProcessor = (options: NodeBackendOptions): Promise<Backend> =>
  nodeBackend({ ...options, device: 'cpu' });

async function checkedBackend(options: EngineOptions & NodeBackendOptions): Promise<Backend> {
  const backend = await nodeBackend(options);
  const { provider } = backend.info;
  if (provider === 'cpu' || !options.weights.vision) return backend;
  const other = await onProcessor(options);
  const deviation = await backendAgreement(options.weights, backend, other).catch(() => Number.NaN);
  if (deviation <= TOLERANCE.float32) return backend;
  const why = `${provider} does not compute this model as the processor does`;
  await backend.dispose();
  if (options.device !== 'auto') throw new LensError('unavailable', `--device ${options.device}: ${why}.`);
  return { ...other, info: { ...other.info, fallbackReason: processor(why).reason! } };
}
