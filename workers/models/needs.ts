import { huggingFace } from '../../src/clip/checkpoint/hugging-face.ts';
import type { Naming } from '../../src/clip/checkpoint/naming.ts';
import { openClip } from '../../src/clip/checkpoint/open-clip.ts';
import type { StoredTensor } from '../../src/clip/checkpoint/safetensors.ts';
import type { ClipConfig } from '../../src/clip/config.ts';
import { choosePrecision, planRun } from '../../src/engine/plan.ts';
import type { ModelNeeds } from '../protocol.ts';

/** Where only the size of a file is known: weights as they are, half as much again for all the rest. */
const WITHOUT_SIZES = 1.6;

/** What a model takes to run, estimated from its sizes; from its bytes alone where nothing else is known. */
export function needsOf(config: ClipConfig | undefined, bytes: number): ModelNeeds & { problems: string[] } {
  if (!config?.vision) {
    const about = Math.round(WITHOUT_SIZES * bytes);
    const processor = 'Without a GPU the processor does the work, many times slower.';
    return { gpuBytes: about, wasmBytes: about, processor, problems: [] };
  }
  const precision = choosePrecision(config, { backend: 'webgpu', half: true });
  const gpu = planRun(config, { backend: 'webgpu', precision });
  const threads = globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  const wasm = planRun(config, { backend: 'wasm', threads });
  return {
    gpuBytes: gpu.gpuBytes,
    wasmBytes: wasm.heapBytes,
    processor: wasm.sentences.join(' '),
    problems: wasm.fits ? [] : [...wasm.sentences],
  };
}

/** Sizes of an image tower, read off its tensors' shapes; undefined for names that are not CLIP's. */
export function sizesOf(tensors: readonly StoredTensor[]): ClipConfig | undefined {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const naming = [huggingFace, openClip].find(({ cls }) => shapes.has(cls));
  return naming && readSizes(naming, shapes);
}

function readSizes(naming: Naming, shapes: ReadonlyMap<string, readonly number[]>): ClipConfig | undefined {
  const width = shapes.get(naming.cls)?.[0];
  const patchSize = shapes.get(naming.patch)?.[3];
  const tokens = shapes.get(naming.visionPosition)?.[0];
  const neurons = shapes.get(`${naming.visionBlocks}0.${naming.fc1}.weight`)?.[0];
  const dim = shapes.get(naming.visionProjection.name)?.[naming.visionProjection.dimAxis];
  if (!width || !patchSize || !tokens || !neurons || !dim) return undefined;
  const blocks = [...shapes.keys()].filter(
    (name) => name.startsWith(naming.visionBlocks) && name.endsWith(`.${naming.fc1}.weight`),
  );
  return {
    dim,
    vision: {
      width,
      layers: blocks.length,
      heads: Math.max(1, Math.round(width / 64)),
      neurons,
      activation: naming.defaultActivation,
      layerNormEps: 1e-5,
      imageSize: Math.round(Math.sqrt(tokens - 1)) * patchSize,
      patchSize,
    },
  };
}
