import { type ClipConfig, tokenCount, type VisionConfig } from '../../src/clip/config.ts';
import type { ModelNeeds } from '../protocol.ts';

/** Numbers of an image tower, its projection included. */
export function visionElements(
  { width, layers, neurons, patchSize, ...vision }: VisionConfig,
  dim: number,
): number {
  const block = 4 * width * (width + 1) + neurons * width * 2 + neurons + width + 4 * width;
  const tokens = tokenCount({ width, layers, neurons, patchSize, ...vision });
  return layers * block + 3 * width * patchSize ** 2 + width * (tokens + 1) + 4 * width + width * dim;
}

/** Numbers of a text tower, its projection included. */
export function textElements({ text, dim }: ClipConfig): number {
  if (!text) return 0;
  const { width, layers, neurons, vocabularySize, contextLength } = text;
  const block = 4 * width * (width + 1) + neurons * width * 2 + neurons + width + 4 * width;
  return layers * block + (vocabularySize + contextLength) * width + 2 * width + width * dim;
}

/** Working memory beside the weights: batches, one block's paths. */
const WORKING_BYTES = 300e6;
/** WebAssembly's heap over the weights it holds: 554 MB were measured for ViT-B/32's 351 MB. */
const HEAP_RATIO = 1.6;
/** Multiplications a second of WebAssembly with two threads: 169 ms were measured for ViT-B/32's picture. */
const WASM_RATE = (87.8e6 * 50) / 0.169;

/**
 * What an image tower takes, by its numbers of parameters and tokens; tokens undefined where they are not known.
 * Estimates: the runtime keeps weights as float32 however they are stored.
 */
export function needsOf(elements: number, tokens: number | undefined): ModelNeeds {
  const bytes = 4 * elements;
  const seconds = tokens === undefined ? undefined : (elements * tokens) / WASM_RATE;
  return {
    gpuBytes: Math.round(1.1 * bytes + WORKING_BYTES),
    wasmBytes: Math.round(HEAP_RATIO * bytes),
    processor:
      seconds === undefined
        ? 'Without a GPU the processor does the work, many times slower.'
        : `Without a GPU, a picture takes roughly ${seconds < 0.1 ? 'less than 0.1' : seconds.toFixed(1)} seconds on two processor cores.`,
  };
}

/** What WebAssembly's 32-bit addresses can hold. */
const WASM_LIMIT = 4e9;

/** Sentences for what will not work. */
export const needsProblems = ({ wasmBytes }: ModelNeeds): string[] =>
  wasmBytes > WASM_LIMIT ? ['This model is too large to run without a GPU in a browser.'] : [];
