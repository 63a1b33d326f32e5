import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/clip/checkpoint/read-checkpoint.ts';
import { readSafetensors, writeSafetensors } from '../../src/clip/checkpoint/safetensors.ts';
import type { ClipConfig } from '../../src/clip/config.ts';
import { configJson } from '../../src/clip/configJson.ts';
import { encodeHalf } from '../../src/clip/float16.ts';
import { type PublishedRow, type PublishedValues, publishedFor } from '../../src/clip/published.ts';
import type { ClipWeights, Tensor } from '../../src/clip/weights.ts';
import type { Backend } from '../../src/engine/backend.ts';
import { nodeBackend } from '../../src/engine/backends/node.ts';
import { type SelfCheck, selfCheck, TOLERANCE } from '../../src/engine/checks/selfCheck.ts';
import { LensError } from '../../src/errors.ts';
import { plainImageTower, plainText } from '../support/plainClip.ts';
import { randomCheckpoint } from '../support/randomClip.ts';

/** Everything ViT-B/32 has, small: 50 tokens, heads of 16, and square projections out of the text tower. */
const CONFIG: ClipConfig = {
  vision: {
    width: 48,
    layers: 3,
    heads: 3,
    neurons: 96,
    activation: 'quick_gelu',
    layerNormEps: 1e-5,
    imageSize: 56,
    patchSize: 8,
  },
  text: {
    width: 32,
    layers: 3,
    heads: 2,
    neurons: 64,
    activation: 'quick_gelu',
    layerNormEps: 1e-5,
    vocabularySize: 60,
    contextLength: 12,
  },
  dim: 32,
};
const [CAT, DOG] = [
  [58, 3, 20, 9, 3, 31, 59],
  [58, 3, 20, 9, 3, 17, 59],
];

/** CLIP's own embeddings are small numbers, so that eps matters in the first LayerNorm. */
function checkpoint(): Uint8Array {
  const bytes = randomCheckpoint(CONFIG, 11);
  const { vision, text } = readCheckpoint(bytes, configJson(CONFIG));
  for (const tensor of [vision!.patch, vision!.cls, vision!.position, text!.token, text!.position]) {
    numbers(bytes, tensor).forEach((x, i, all) => {
      all[i] = 0.02 * x;
    });
  }
  return bytes;
}

/** A float32 tensor's numbers in place. */
const numbers = (bytes: Uint8Array, { offset, length }: Tensor): Float32Array =>
  new Float32Array(bytes.buffer, bytes.byteOffset + offset, length / 4);

const original = checkpoint();
const read = (bytes: Uint8Array, config = CONFIG): ClipWeights => readCheckpoint(bytes, configJson(config));
const right = read(original);

/** The "published" outputs of that model, from plain float64 loops, as printed with four decimals. */
const published = printed(right);

function printed(weights: ClipWeights): PublishedValues {
  const { imageSize } = CONFIG.vision!;
  const image = (value: number) => plainImageTower(weights, new Float32Array(3 * imageSize ** 2).fill(value));
  const text = (tokens: readonly number[]) => plainText(weights, tokens, tokens.length - 1);
  const cut = (row: ArrayLike<number>) => Array.from({ length: 3 }, (_, i) => Number(row[i + 1]!.toFixed(4)));
  const rowsOf = (of: ReturnType<typeof text>): PublishedRow[] => [
    { output: 'embedding', from: 1, values: cut(of.embedding) },
    { output: 'pooled', from: 1, values: cut(of.pooled) },
    ...[1, 2, 3].map((token): PublishedRow => {
      return { output: 'hidden', token, from: 1, values: cut(of.hidden[token]!) };
    }),
  ];
  const unit = (row: Float64Array) => row.map((x) => x / Math.hypot(...row));
  const logit = (value: number, tokens: readonly number[]) => {
    const [a, b] = [unit(image(value).embedding), unit(text(tokens).embedding)];
    return Number((100 * a.reduce((sum, x, i) => sum + x * b[i]!, 0)).toFixed(4));
  };
  const about = { rounding: 5e-5, source: 'plain loops' };
  return {
    model: 'tests/tiny',
    config: CONFIG,
    temperature: 100,
    images: [{ input: 0.5, rows: rowsOf(image(0.5)), ...about }],
    texts: [{ input: CAT!, rows: rowsOf(text(CAT!)), ...about }],
    logits: [
      {
        images: [0.25, 0.75],
        texts: [CAT!, DOG!],
        values: [0.25, 0.75].map((value) => [logit(value, CAT!), logit(value, DOG!)]),
        ...about,
      },
    ],
  };
}

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend({ threads: 1 });
});
afterAll(() => backend.dispose());

const check = (weights: ClipWeights, stated = true): Promise<SelfCheck> =>
  selfCheck({ weights, backend, step: (work) => work() }, { values: published, stated });

/** A copy of the checkpoint with one thing wrong. */
function with_(change: (bytes: Uint8Array, weights: ClipWeights) => void): ClipWeights {
  const bytes = original.slice();
  change(bytes, read(bytes));
  return read(bytes);
}

/** Rounds to 255 steps, as a matrix is kept in int8. */
function toInt8(values: Float32Array): void {
  const step = values.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0) / 127;
  values.forEach((x, i) => {
    values[i] = step * Math.round(x / step);
  });
}

/** Exchanges `size` numbers at `a` and `b`. */
function exchange(values: Float32Array, a: number, b: number, size: number): void {
  const kept = values.slice(a, a + size);
  values.copyWithin(a, b, b + size);
  values.set(kept, b);
}

/** Row r takes the place of row r + 1, from row `first` on; the last goes there. */
function shiftRows(values: Float32Array, width: number, first = 0): void {
  const last = values.slice(-width);
  values.copyWithin((first + 1) * width, first * width, values.length - width);
  values.set(last, first * width);
}

const reconfigured = (change: object): ClipWeights =>
  read(original, {
    ...CONFIG,
    vision: { ...CONFIG.vision!, ...change },
    text: { ...CONFIG.text!, ...change },
  });

describe('the right weights', () => {
  it('are verified, with both towers', async () => {
    const result = await check(right);
    expect(result).toMatchObject({ status: 'verified', covers: 'both towers', values: 15 + 15 + 4 });
    if (result.status === 'verified') expect(result.deviation).toBeLessThan(result.tolerance);
  });

  it('are verified one tower at a time', async () => {
    const { vision: _, ...textOnly } = right;
    const { text: __, ...imageOnly } = right;
    expect(await check(textOnly)).toMatchObject({ status: 'verified', covers: 'text tower', values: 15 });
    expect(await check(imageOnly)).toMatchObject({ status: 'verified', covers: 'image tower', values: 15 });
  });

  it('are verified when kept in half precision, with its own tolerance', async () => {
    const half = read(halved(), CONFIG);
    const result = await check(half);
    expect(result).toMatchObject({ status: 'verified' });
    if (result.status !== 'verified') return;
    expect(result.tolerance).toBeGreaterThanOrEqual(TOLERANCE['float16 weights']);
    expect(result.deviation).toBeGreaterThan(TOLERANCE.float32); // so that the wider one is needed
  });

  it('are verified when they were int8 in their file, with a tolerance that only gross faults pass', async () => {
    const rounded = with_((bytes, weights) => {
      const { vision: image, text: words } = weights;
      for (const { query, key, value, out, fc1, fc2 } of [...image!.blocks, ...words!.blocks]) {
        for (const { weight } of [query, key, value, out, fc1, fc2]) toInt8(numbers(bytes, weight));
      }
    });
    expect(await check(rounded)).toMatchObject({ status: 'deviates' }); // as float32
    const claim = { values: published, stated: true };
    const inputs = {
      backend,
      step: <T>(work: () => Promise<T>) => work(),
      exactness: 'int8 weights',
    } as const;
    const result = await selfCheck({ ...inputs, weights: rounded }, claim);
    expect(result).toMatchObject({ status: 'verified' });
    if (result.status === 'verified') expect(result.tolerance).toBeGreaterThan(TOLERANCE['int8 weights']);
    const other = read(randomCheckpoint(CONFIG, 12));
    expect(await selfCheck({ ...inputs, weights: other }, claim)).toMatchObject({ status: 'deviates' });
  });

  it('prove a model of the same sizes that nothing is stated of', async () => {
    expect(await check(right, false)).toMatchObject({ status: 'verified' });
  });
});

const { vision, text } = CONFIG;
const headSize = vision!.width / vision!.heads;
const FAULTS: [string, () => ClipWeights][] = [
  [
    'two heads of one block swapped in queries, keys and values, but not in what reads them',
    () =>
      with_((bytes, weights) => {
        const { query, key, value } = weights.vision!.blocks[1]!;
        for (const { weight, bias } of [query, key, value]) {
          exchange(numbers(bytes, weight), 0, headSize * vision!.width, headSize * vision!.width);
          exchange(numbers(bytes, bias), 0, headSize, headSize);
        }
      }),
  ],
  ['plain GELU for quick GELU', () => reconfigured({ activation: 'gelu' })],
  ['another eps', () => reconfigured({ layerNormEps: 1e-6 })],
  ['the square text projection transposed', () => layoutOf('text', 'in-out')],
  [
    'a square attention matrix transposed',
    () =>
      with_((bytes, weights) => {
        const values = numbers(bytes, weights.vision!.blocks[2]!.out.weight);
        const { width } = vision!;
        const kept = values.slice();
        values.forEach((_, i) => {
          values[i] = kept[(i % width) * width + Math.floor(i / width)]!;
        });
      }),
  ],
  [
    'queries and keys of one block exchanged',
    () => changedBlock('text', 0, (block) => ({ query: block.key, key: block.query })),
  ],
  [
    'the bias of one MLP set to zero',
    () => with_((bytes, weights) => numbers(bytes, weights.vision!.blocks[0]!.fc2.bias).fill(0)),
  ],
  [
    'the bias of one value map of the text tower set to zero',
    () => with_((bytes, weights) => numbers(bytes, weights.text!.blocks[1]!.value.bias).fill(0)),
  ],
  [
    'positions of the image tower shifted by one',
    () => with_((bytes, weights) => shiftRows(numbers(bytes, weights.vision!.position), vision!.width)),
  ],
  [
    'positions of the patches alone shifted by one',
    () => with_((bytes, weights) => shiftRows(numbers(bytes, weights.vision!.position), vision!.width, 1)),
  ],
  [
    'positions of the text tower shifted by one',
    () => with_((bytes, weights) => shiftRows(numbers(bytes, weights.text!.position), text!.width)),
  ],
  [
    'one LayerNorm gain a twentieth too large',
    () =>
      with_((bytes, weights) => {
        const gain = numbers(bytes, weights.vision!.blocks[1]!.norm2.gain);
        gain.forEach((x, i) => {
          gain[i] = 1.05 * x;
        });
      }),
  ],
  [
    'a single weight that is not a number',
    () =>
      with_((bytes, weights) => {
        numbers(bytes, weights.text!.blocks[2]!.fc1.weight)[5] = Number.NaN;
      }),
  ],
  ['another temperature', () => ({ ...right, temperature: 14.3 })],
];

function changedBlock(
  tower: 'vision' | 'text',
  index: number,
  change: (block: NonNullable<ClipWeights['text']>['blocks'][number]) => object,
): ClipWeights {
  const weights = right[tower]!;
  const blocks = weights.blocks.map((block, i) => (i === index ? { ...block, ...change(block) } : block));
  return { ...right, [tower]: { ...weights, blocks } };
}

function layoutOf(tower: 'text', layout: 'in-out'): ClipWeights {
  const weights = right[tower]!;
  return { ...right, [tower]: { ...weights, projection: { ...weights.projection, layout } } };
}

describe('wrong weights', () => {
  it.each(FAULTS)('%s: caught', async (_, make) => {
    const result = await check(make());
    expect(result.status).toBe('deviates');
    if (result.status === 'deviates') expect(result.deviation).not.toBeLessThanOrEqual(result.tolerance);
  });

  it('are caught with room to spare: the faintest of these deviates twice what is allowed', async () => {
    const shares: [string, number][] = [];
    for (const [name, make] of FAULTS) {
      const result = await check(make());
      if (result.status !== 'deviates') throw new Error(name);
      if (Number.isFinite(result.deviation)) shares.push([name, result.deviation / result.tolerance]);
    }
    shares.sort((a, b) => a[1] - b[1]);
    const [faintest] = shares;
    console.log(`faintest fault caught: ${faintest![0]}, ${faintest![1].toFixed(1)} times the tolerance`);
    expect(faintest![1]).toBeGreaterThan(2);
  });

  it('are caught down to one LayerNorm gain that is wrong by a thousandth, and pass at a millionth', async () => {
    const off = (share: number) =>
      check(
        with_((bytes, weights) => {
          const gain = numbers(bytes, weights.vision!.blocks[1]!.norm2.gain);
          for (let i = 0; i < gain.length; i++) gain[i]! *= 1 + share;
        }),
      );
    const results = await Promise.all([1e-2, 1e-3, 1e-4, 1e-6].map(off));
    const deviations = results.map((result) => ('deviation' in result ? result.deviation : Number.NaN));
    console.log(
      `a gain off by 1%, 0.1%, 0.01%, 0.0001%: ${deviations.map((x) => x.toExponential(1)).join(', ')}`,
    );
    expect(results.map(({ status }) => status).slice(0, 2)).toEqual(['deviates', 'deviates']);
    expect(results.at(-1)!.status).toBe('verified');
    expect(deviations[0]! / deviations[1]!).toBeGreaterThan(5); // it measures, and does not only judge
  });

  it('come with a hint where to look', async () => {
    const hint = async (weights: ClipWeights) => {
      const result = await check(weights);
      return result.status === 'deviates' ? result.hint : result.status;
    };
    expect(await hint(reconfigured({ activation: 'gelu' }))).toMatch(/hidden_act/);
    expect(await hint(reconfigured({ layerNormEps: 1e-6 }))).toMatch(/layer_norm_eps/);
    expect(await hint(layoutOf('text', 'in-out'))).toMatch(/text tower/);
    expect(await hint({ ...right, temperature: 14.3 })).toMatch(/cosines/);
    const patches = FAULTS.find(([name]) => name.includes('patches alone'))![1];
    expect(await hint(patches())).toMatch(/patches/);
  });

  it('are not called wrong when nothing says whose they are', async () => {
    const other = read(randomCheckpoint(CONFIG, 12));
    expect(await check(other, false)).toMatchObject({ status: 'unverifiable' });
    expect(await check(other, true)).toMatchObject({
      status: 'deviates',
      hint: expect.stringMatching(/Both/),
    });
  });
});

describe('a GPU without published values', () => {
  const reason = 'Nobody knows.';
  const against = (here: Backend) =>
    selfCheck(
      { weights: right, backend: here, step: (work) => work(), reference: () => nodeBackend() },
      reason,
    );

  it('is held against the processor', async () => {
    const result = await against(backend);
    expect(result).toMatchObject({ status: 'unverifiable', reason });
    if (result.status !== 'unverifiable') return;
    expect(result.agreement!.deviation).toBeLessThan(result.agreement!.tolerance);
    expect(result.agreement!.says).toMatch(/agrees/);
  });

  it.each([
    ['wrong by a hundredth', (x: number) => 1.01 * x],
    ['no numbers at all', () => Number.NaN],
  ])('is told when it is %s', async (_, spoil) => {
    const wrong: Backend = {
      ...backend,
      session: async (graph) => {
        const session = await backend.session(graph);
        return {
          ...session,
          run: async (feeds) => {
            const results = await session.run(feeds);
            const data = results.embedding!.data as Float32Array;
            data.forEach((x, i) => {
              data[i] = spoil(x);
            });
            return results;
          },
        };
      },
    };
    const result = await against(wrong);
    expect(result).toMatchObject({ agreement: { says: expect.stringMatching(/backend=wasm/) } });
  });
});

describe('a check that cannot run', () => {
  const failing = (error: Error) => {
    const session = async () => Promise.reject(error);
    const inputs = { weights: right, backend: { ...backend, session } };
    return selfCheck({ ...inputs, step: (work) => work() }, { values: published, stated: true });
  };

  it('says why, and refuses no model', async () => {
    const result = await failing(new LensError('out-of-memory', 'not enough memory.'));
    expect(result).toEqual({
      status: 'unverifiable',
      reason: 'The check could not run: not enough memory.',
    });
  });

  it('passes on that the device is lost', async () => {
    await expect(failing(new LensError('device-lost', 'gone'))).rejects.toMatchObject({ tag: 'device-lost' });
  });
});

describe('what the check cannot see', () => {
  it('the order of pixels and of colours inside a patch', async () => {
    const mixed = with_((bytes, weights) => {
      const kernel = numbers(bytes, weights.vision!.patch);
      const each = 3 * vision!.patchSize ** 2;
      for (let at = 0; at < kernel.length; at += each) kernel.subarray(at, at + each).reverse();
    });
    expect(await check(mixed)).toMatchObject({ status: 'verified' });
  });
});

describe('what a checkpoint is held against', () => {
  it('is the model it is stated to be', () => {
    expect(publishedFor('tests/tiny', CONFIG, [published])).toEqual({ values: published, stated: true });
  });

  it('is nothing when the file has other sizes than the model it claims to be', () => {
    expect(publishedFor('tests/tiny', { ...CONFIG, dim: 33 }, [published])).toMatch(/sizes/);
  });

  it('is a model of the same sizes, without a claim', () => {
    expect(publishedFor('laion/other', CONFIG, [published])).toEqual({ values: published, stated: false });
  });

  it('is nothing for other models', async () => {
    const reason = publishedFor(undefined, { ...CONFIG, dim: 33 }, [published]);
    expect(reason).toMatch(/Nobody has published/);
    const result = await selfCheck({ weights: right, backend, step: (work) => work() }, reason);
    expect(result).toEqual({ status: 'unverifiable', reason });
  });
});

/** The same numbers in half precision; small tensors included, as browser exports keep them. */
function halved(): Uint8Array {
  const { tensors } = readSafetensors(original);
  return writeSafetensors(
    [...tensors.values()].map(({ name, shape, offset, length }) => {
      const data = new Float32Array(original.slice(offset, offset + length).buffer);
      return { name, shape, dtype: 'F16', data: encodeHalf(data) };
    }),
  );
}
