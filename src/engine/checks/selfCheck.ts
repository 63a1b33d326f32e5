import { imageTowerGraph, PIXELS } from '../../clip/graph/imageTower.ts';
import { END, TOKENS, textTowerGraph } from '../../clip/graph/textTower.ts';
import type { Claim, PublishedInput, PublishedLogits, PublishedValues } from '../../clip/published.ts';
import { OUTPUTS } from '../../clip/trace.ts';
import type { ClipWeights, Tensor } from '../../clip/weights.ts';
import { isLensError } from '../../errors.ts';
import type { Backend, Feeds, Graph } from '../backend.ts';
import { backendAgreement } from './backendAgreement.ts';

/**
 * Whether a loaded checkpoint gives the outputs that others have published for it, on the backend in use.
 *
 * What it cannot see: constant images hide the order of pixels inside a patch and of the three colours (every
 * kernel is summed up), and with them the pre-processing; a fault in a weight whose effect on the compared
 * numbers is below the tolerance; texts longer than those published, and the tokenizer. Patches in a wrong
 * order show in the `hidden` values only.
 */
export type SelfCheck =
  | ({ readonly status: 'verified' } & Compared)
  | ({
      readonly status: 'deviates';
      /** The value that is furthest outside, in words. */
      readonly worst: string;
      readonly hint: string;
    } & Compared)
  | {
      readonly status: 'unverifiable';
      readonly reason: string;
      /** Of a GPU: whether it computes as the processor does, where nothing else could be held against. */
      readonly agreement?: Agreement;
    };

export interface Agreement {
  /** Largest difference, as {@link backendAgreement} measures it. */
  readonly deviation: number;
  readonly tolerance: number;
  /** In a sentence. */
  readonly says: string;
}

interface Compared {
  /** Of the worst value, as a share of the typical size of its kind. */
  readonly deviation: number;
  /** What that value may deviate. */
  readonly tolerance: number;
  /** How many values were compared. */
  readonly values: number;
  readonly source: string;
  readonly covers: 'image tower' | 'text tower' | 'both towers';
}

/** How exactly a checkpoint is kept and run. */
export type Exactness = 'float32' | 'float16 weights' | 'float16' | 'int8 weights';

/**
 * How far a value may lie from the published one, as a share of the typical size of its output; rounding of
 * the print comes on top.
 * - float32: the publishers ask for 1e-4 between two float32 implementations; three times that for GPUs.
 * - float16 weights: these change an output vector by at most 2e-3 (the bound our readers are tested to), spread
 *   evenly over its numbers; three standard deviations.
 * - float16 arithmetic: each of some 100 steps rounds by up to 2^-11; they add as √100, three standard deviations.
 * - int8 weights: cosine 0.99 is the bound our readers are tested to, an error of √0.02; three standard deviations.
 *   That lets small faults pass; only gross ones show.
 */
export const TOLERANCE: Readonly<Record<Exactness, number>> = {
  float32: 3e-4,
  'float16 weights': 6e-3,
  float16: 3 * 10 * 2 ** -11,
  'int8 weights': 3 * Math.sqrt(0.02),
};

export interface CheckInputs {
  readonly weights: ClipWeights;
  readonly backend: Backend;
  /** Waits for the device, then runs `work`, alone. */
  readonly step: <T>(work: () => Promise<T>) => Promise<T>;
  /** Where it is not what the weights and the backend say: for weights that were int8 in their file. */
  readonly exactness?: Exactness | undefined;
  /** The processor's backend, for a GPU to be held against when there are no published values. */
  readonly reference?: (() => Promise<Backend>) | undefined;
}

/**
 * Runs what the loaded towers allow against the published values. Sessions of its own, released at once. A check
 * that cannot run says so: it is no reason to refuse a model.
 * @throws LensError `device-lost`, `cancelled`
 */
export async function selfCheck(inputs: CheckInputs, claim: Claim | string): Promise<SelfCheck> {
  try {
    const result =
      typeof claim === 'string'
        ? ({ status: 'unverifiable', reason: claim } as const)
        : await verdict(inputs, claim);
    if (result.status !== 'unverifiable' || !inputs.reference || !inputs.weights.vision) return result;
    return { ...result, agreement: await agreementWith(inputs.reference, inputs) };
  } catch (error) {
    if (isLensError(error) && (error.tag === 'device-lost' || error.tag === 'cancelled')) throw error;
    const words = error instanceof Error ? error.message : String(error);
    return { status: 'unverifiable', reason: `The check could not run: ${words}` };
  }
}

async function agreementWith(
  reference: () => Promise<Backend>,
  { weights, backend, step }: CheckInputs,
): Promise<Agreement> {
  const other = await reference();
  try {
    const deviation = await step(() => backendAgreement(weights, backend, other));
    const tolerance = TOLERANCE[backend.info.precision === 'float32' ? 'float32' : 'float16'];
    const size = deviation.toExponential(0);
    const says =
      deviation <= tolerance
        ? `On two test images this GPU agrees with the processor to ${size}.`
        : `This GPU does not compute what the processor does (difference ${size}): add backend=wasm to the address.`;
    return { deviation, tolerance, says };
  } finally {
    await other.dispose();
  }
}

async function verdict(inputs: CheckInputs, { values, stated }: Claim): Promise<SelfCheck> {
  const { weights } = inputs;
  const exactness = inputs.exactness ?? exactnessOf(weights, inputs.backend);
  const findings = await compare(inputs, values, TOLERANCE[exactness]);
  const worst = worstOf(findings);
  if (!worst) return { status: 'unverifiable', reason: `No published output of ${values.model} fits.` };
  const compared: Compared = {
    deviation: worst.deviation,
    tolerance: worst.tolerance,
    values: findings.length,
    source: [...new Set(findings.map(({ source }) => source))].join('; '),
    covers: weights.vision && weights.text ? 'both towers' : weights.vision ? 'image tower' : 'text tower',
  };
  if (within(worst)) return { status: 'verified', ...compared };
  if (!stated) {
    return {
      status: 'unverifiable',
      reason: `This model has the sizes of ${values.model} but not its outputs, and nobody has published its own.`,
    };
  }
  const hint = (await explanation(inputs, values, TOLERANCE[exactness])) ?? place(findings);
  return { status: 'deviates', ...compared, worst: worst.name, hint };
}

/** One compared number. */
interface Finding {
  readonly part: 'image tower' | 'patches' | 'text tower' | 'both towers';
  readonly name: string;
  readonly deviation: number;
  readonly tolerance: number;
  readonly source: string;
}

/** False for what is no number, too. */
const within = ({ deviation, tolerance }: Finding): boolean => deviation <= tolerance;

function worstOf(findings: readonly Finding[]): Finding | undefined {
  const excess = ({ deviation, tolerance }: Finding) =>
    Number.isFinite(deviation) ? deviation / tolerance : Number.POSITIVE_INFINITY;
  return findings.reduce<Finding | undefined>(
    (worst, next) => (!worst || excess(next) > excess(worst) ? next : worst),
    undefined,
  );
}

/** A checkpoint is as exact as its least exact weight, and its backend. */
export function exactnessOf(weights: ClipWeights, backend: Backend): Exactness {
  if ((backend.info.precision as string) !== 'float32') return 'float16';
  const { vision, text } = weights;
  const tensors: (Tensor | undefined)[] = [vision, text].flatMap((tower) => [
    tower?.projection,
    tower?.blocks[0]?.fc1.weight,
  ]);
  return tensors.some((tensor) => tensor?.dtype === 'F16') ? 'float16 weights' : 'float32';
}

/** One row of an output. */
type Outputs = (name: string, row: number, token?: number) => Float32Array;

async function compare(
  inputs: CheckInputs,
  published: PublishedValues,
  tolerance: number,
): Promise<Finding[]> {
  const { vision, text } = inputs.weights;
  const constants = [
    ...published.images.map(({ input }) => input),
    ...(text ? published.logits.flatMap(({ images }) => images) : []),
  ];
  const tokens = [
    ...published.texts.map(({ input }) => input),
    ...(vision ? published.logits.flatMap(({ texts }) => texts) : []),
  ];
  const images = vision && constants.length > 0 ? await runImages(inputs, constants) : undefined;
  const texts = text && tokens.length > 0 ? await runTexts(inputs, tokens) : undefined;
  const findings: Finding[] = [];
  if (images) findings.push(...compareTower('image tower', images, published.images, tolerance));
  if (texts) findings.push(...compareTower('text tower', texts, published.texts, tolerance));
  if (images && texts) {
    const temperature = inputs.weights.temperature ?? published.temperature;
    for (const logits of published.logits) {
      const embeddings = {
        images: logits.images.map((x) => images(OUTPUTS.embedding, constants.indexOf(x))),
        texts: logits.texts.map((x) => texts(OUTPUTS.embedding, tokens.indexOf(x))),
      };
      findings.push(...compareLogits(embeddings, logits, temperature, tolerance));
    }
  }
  return findings;
}

function compareTower(
  tower: 'image tower' | 'text tower',
  outputs: Outputs,
  published: readonly PublishedInput<unknown>[],
  tolerance: number,
): Finding[] {
  return published.flatMap(({ rows, rounding, source }, input) =>
    rows.flatMap(({ output, token, from, values }): Finding[] => {
      const ours = outputs(OUTPUTS[output], input, token);
      // Of CLIP's dimensions a few are many times as large as the rest: a mean square would tell of them only.
      const typical = ours.map(Math.abs).sort()[ours.length >> 1]! / MEDIAN_OF_NORMAL;
      return Array.from(values, (value, i): Finding => {
        const size = Math.max(typical, Math.abs(value));
        const where = token === undefined ? '' : ` of token ${token}`;
        return {
          part: output === 'hidden' && tower === 'image tower' ? 'patches' : tower,
          name: `${tower}: ${output}${where}, number ${from + i}`,
          deviation: Math.abs(ours[from + i]! - value) / size,
          tolerance: tolerance + rounding / size,
          source,
        };
      });
    }),
  );
}

/** Half of all numbers of a standard normal distribution are smaller than this. */
const MEDIAN_OF_NORMAL = 0.6745;

/** An error of relative size e in a unit vector moves its cosine with another by about e/√D. */
function compareLogits(
  { images, texts }: { images: readonly Float32Array[]; texts: readonly Float32Array[] },
  { values, rounding, source }: PublishedLogits,
  temperature: number,
  tolerance: number,
): Finding[] {
  return images.flatMap((image, i) =>
    texts.map((text, t): Finding => {
      const size = temperature / Math.sqrt(image.length);
      return {
        part: 'both towers',
        name: `both towers: logit of image ${i} and text ${t}`,
        deviation: Math.abs(temperature * cosine(image, text) - values[i]![t]!) / size,
        tolerance: tolerance + rounding / size,
        source,
      };
    }),
  );
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

function runImages(inputs: CheckInputs, constants: readonly number[]): Promise<Outputs> {
  const { weights, backend } = inputs;
  const side = weights.config.vision!.imageSize;
  const each = 3 * side * side;
  const pixels = new Float32Array(constants.length * each);
  constants.forEach((constant, i) => {
    pixels.fill(constant, i * each, (i + 1) * each);
  });
  const half = backend.info.precision === 'float16';
  return run(inputs, imageTowerGraph(weights, { tail: true }, { half }), {
    [PIXELS]: backend.tensor('float32', pixels, [constants.length, 3, side, side]),
  });
}

function runTexts(inputs: CheckInputs, tokens: readonly (readonly number[])[]): Promise<Outputs> {
  const { weights, backend } = inputs;
  const length = Math.max(...tokens.map((row) => row.length));
  const ids = tokens.flatMap((row) => Array.from({ length }, (_, i) => BigInt(row[i] ?? row.at(-1)!)));
  const ends = BigInt64Array.from(tokens, (row) => BigInt(row.length - 1));
  return run(inputs, textTowerGraph(weights, { tail: true }), {
    [TOKENS]: backend.tensor('int64', BigInt64Array.from(ids), [tokens.length, length]),
    [END]: backend.tensor('int64', ends, [tokens.length]),
  });
}

async function run({ backend, step }: CheckInputs, graph: Graph, feeds: Feeds): Promise<Outputs> {
  const results = await step(async () => {
    const session = await backend.session(graph);
    try {
      return await session.run(feeds);
    } finally {
      await session.release();
    }
  });
  return (name, row, token) => {
    const { data, dims } = results[name]!;
    const [width, tokens] = [dims.at(-1)!, dims.length > 2 ? dims[1]! : 1];
    const at = (row * tokens + (token ?? 0)) * width;
    return (data as Float32Array).subarray(at, at + width);
  };
}

/** Whether a wrong entry of config.json explains the deviation. */
async function explanation(
  inputs: CheckInputs,
  published: PublishedValues,
  tolerance: number,
): Promise<string | undefined> {
  const { config } = inputs.weights;
  for (const { says, change } of EXPLANATIONS) {
    const changed = {
      ...config,
      ...(config.vision && { vision: { ...config.vision, ...change(published.config.vision) } }),
      ...(config.text && { text: { ...config.text, ...change(published.config.text) } }),
    };
    if (JSON.stringify(changed) === JSON.stringify(config)) continue;
    const tried = { ...inputs, weights: { ...inputs.weights, config: changed } };
    if ((await compare(tried, published, tolerance)).every(within)) return says;
  }
  return undefined;
}

type Tower = { readonly activation: 'quick_gelu' | 'gelu'; readonly layerNormEps: number } | undefined;

const EXPLANATIONS = [
  {
    says: 'With the published model’s activation it agrees: config.json (hidden_act) names the wrong one.',
    change: (tower: Tower) => (tower ? { activation: tower.activation } : {}),
  },
  {
    says: 'With the published model’s layer_norm_eps it agrees: config.json names another.',
    change: (tower: Tower) => (tower ? { layerNormEps: tower.layerNormEps } : {}),
  },
] as const;

/** Where to look, from which values agree and which do not. */
function place(findings: readonly Finding[]): string {
  const wrong = new Set(findings.filter((finding) => !within(finding)).map(({ part }) => part));
  if (wrong.has('image tower') && wrong.has('text tower')) {
    return 'Both towers deviate: the file is another model, or was changed.';
  }
  if (wrong.has('image tower'))
    return 'The image tower deviates: its weights are damaged or of another model.';
  if (wrong.has('text tower')) return 'The text tower deviates; pictures are not affected, words are.';
  if (wrong.has('patches')) {
    return 'The picture as a whole agrees, its patches do not: their order or the position table is wrong.';
  }
  return 'Each tower agrees by itself, their cosines do not: the logit scale or a projection is wrong.';
}
