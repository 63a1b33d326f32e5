/**
 * Runs in the page of inBrowser.ts: `window.timed` lets contenders take turns and gives their median times, after one
 * uncounted round. Each turn waits first, until threads of the other that still spin have gone to sleep.
 */
import * as ort from '/ort/ort.webgpu.min.mjs';

const REST_MS = 100;

const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());

/** Our graph on our runtime. */
async function graph({ index, input, output, files }, { provider, batch, threads, pixels }) {
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  const externalData = await Promise.all(
    files.map(async (path, i) => ({ path, data: await bytes(`/data/${index}/${i}`) })),
  );
  const session = await ort.InferenceSession.create(await bytes(`/data/${index}/model`), {
    executionProviders: [provider],
    ...(externalData.length > 0 && { externalData }),
  });
  const tensor = new ort.Tensor('float32', pixels, [batch, 3, 224, 224]);
  return {
    runtime: `onnxruntime-web ${ort.env.versions.web}`,
    run: async () => (await session.run({ [input]: tensor }))[output].data,
  };
}

/** transformers.js as it ships, with the runtime it ships with, from files of this server. */
async function transformers({ model }, { provider, batch, threads, pixels }) {
  const { CLIPVisionModelWithProjection, Tensor, env } = await import('@huggingface/transformers');
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = '/models/';
  env.useBrowserCache = false;
  env.useWasmCache = false;
  const { onnx } = env.backends;
  onnx.wasm.numThreads = threads;
  const runtime = '/packages/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify'; // the one it chooses itself
  onnx.wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };
  const tower = await CLIPVisionModelWithProjection.from_pretrained(model, {
    device: provider,
    dtype: 'fp32',
  });
  const pixel_values = new Tensor('float32', pixels, [batch, 3, 224, 224]);
  return {
    runtime: `onnxruntime-web ${onnx.versions.web}, transformers.js ${env.version}`,
    run: async () => (await tower({ pixel_values })).image_embeds.data,
  };
}

const KINDS = { graph, transformers };

window.timed = async ({ contenders, rounds, ...run }) => {
  const adapter = run.provider === 'webgpu' ? await navigator.gpu?.requestAdapter() : undefined;
  if (run.provider === 'webgpu' && !adapter) throw new Error('no WebGPU adapter');
  const pixels = new Float32Array((await bytes('/data/pixels')).buffer);
  const runners = [];
  for (const one of contenders) runners.push(await KINDS[one.kind](one, { ...run, pixels }));
  const times = runners.map(() => []);
  const outputs = [];
  for (let round = -1; round < rounds; round++) {
    for (const [i, { run: once }] of runners.entries()) {
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      const started = performance.now();
      const output = await once();
      if (round >= 0) times[i].push(performance.now() - started);
      outputs[i] = Array.from(output);
    }
  }
  return { times, outputs, runtimes: runners.map(({ runtime }) => runtime), adapter: adapterWords(adapter) };
};

function adapterWords(adapter) {
  if (!adapter) return '';
  const { vendor, architecture } = adapter.info;
  return [vendor, architecture, adapter.features.has('shader-f16') ? 'shader-f16' : 'no shader-f16'].join(
    ' ',
  );
}

window.ready = true;
