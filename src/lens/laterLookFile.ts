import { type TensorToWrite, writeSafetensors } from '../clip/checkpoint/safetensors.ts';
import type { BlockDetail, BlockOverview, BlockSummary } from './blockSummary.ts';
import { candidateTensors, endTensors, readCandidates, readEnd } from './candidateTensors.ts';
import { type Findings, findingSizes, type Question } from './laterLook.ts';
import { MOST, TensorFile } from './tensorFile.ts';

const QUESTION = 'neuronlens-question-1';
const FINDINGS = 'neuronlens-findings-1';
const MOST_IMAGES = 2 ** 31 - 1;

/** Numbers a neuron of each list, by the summary's sizes. */
type Widths<T> = { readonly [K in keyof T]: number };

const overviewWidths: Widths<BlockOverview> = {
  typicalNorm: 1,
  maxNorm: 1,
  thresholds: 1,
  varianceShares: 1,
  topShare: 1,
  positiveShare: 1,
  previewImages: 4,
};

const detailWidths = (sizes: {
  readonly dim: number;
  readonly topK: number;
  readonly listed: number;
  readonly bins: number;
  readonly heads: number;
}): Widths<BlockDetail> => ({
  directions: sizes.dim,
  means: sizes.dim,
  positiveImages: sizes.listed,
  positiveActivations: sizes.listed,
  negativeImages: sizes.listed,
  negativeActivations: sizes.listed,
  topImages: sizes.topK,
  histogramCounts: sizes.bins,
  histogramRange: 2,
  headShares: sizes.heads,
});

/** Lists of whole numbers; −1 stands for no image. */
const WHOLE = new Set<string>([
  'previewImages',
  'positiveImages',
  'negativeImages',
  'topImages',
  'histogramCounts',
] satisfies (keyof BlockDetail | keyof BlockOverview)[]);

/** A question as a safetensors file: the same one gives the same bytes. */
export function encodeQuestion(question: Question): Uint8Array {
  const { summary, kept, unproven, means, sharedMean, along } = question;
  const { neurons, dim, laterHeads, block, images, topK, listed, bins, uncertified, looked } = summary;
  const heads = laterHeads.length;
  const lists = { ...summary.overview, ...summary.detail };
  const tensors: TensorToWrite[] = [
    { name: 'unproven', dtype: 'I32', shape: [unproven.length], data: unproven },
    { name: 'unproven_means', dtype: 'F64', shape: [unproven.length, heads], data: means },
    { name: 'shared_mean', dtype: 'F64', shape: [dim], data: sharedMean },
    { name: 'along', dtype: 'I32', shape: [along.length], data: along },
    {
      name: 'later_heads',
      dtype: 'I32',
      shape: [heads, 2],
      data: Int32Array.from(laterHeads.flatMap((each) => [each.block, each.head])),
    },
    ...Object.entries({ ...overviewWidths, ...detailWidths({ dim, topK, listed, bins, heads }) }).map(
      ([name, width]): TensorToWrite => {
        const data = lists[name as keyof typeof lists];
        return data instanceof Int32Array
          ? { name, dtype: 'I32', shape: [neurons, width], data }
          : { name, dtype: 'F32', shape: [neurons, width], data };
      },
    ),
  ];
  const numbers = { block, images, neurons, dim, topK, listed, bins, uncertified, heads, kept };
  return writeSafetensors(tensors, { format: QUESTION, looked, ...asTexts(numbers) });
}

/**
 * Reads what {@link encodeQuestion} wrote.
 * @throws LensError `bad-file` for anything else
 */
export function decodeQuestion(bytes: Uint8Array): Question {
  const file = new TensorFile(bytes, QUESTION, 'unsettled analysis');
  const neurons = file.whole('neurons', 1, MOST);
  const heads = file.whole('heads', 1, MOST);
  const dim = file.whole('dim', 1, MOST);
  const images = file.whole('images', 1, MOST_IMAGES);
  const topK = file.whole('topK', 1, images);
  const listed = file.whole('listed', 0, images);
  const bins = file.whole('bins', 1, MOST);
  const read = <T>(widths: Widths<T>): T => {
    const lists = Object.entries<number>(widths).map(([name, width]) => [
      name,
      WHOLE.has(name) ? wholes(file, name, neurons, width, images) : file.f32(name, neurons, width),
    ]);
    return Object.fromEntries(lists) as T;
  };
  const pairs = file.i32('later_heads', heads, 2);
  const summary: BlockSummary = {
    block: file.whole('block', 0, MOST),
    ...{ images, neurons, dim, topK, listed, bins },
    looked: file.text('looked') === 'all' ? 'all' : 'strongest',
    uncertified: file.whole('uncertified', 0, neurons),
    laterHeads: Array.from({ length: heads }, (_, i) => ({ block: pairs[2 * i]!, head: pairs[2 * i + 1]! })),
    overview: read(overviewWidths),
    detail: read(detailWidths({ dim, topK, listed, bins, heads })),
  };
  const unproven = chosen(file, 'unproven', neurons);
  return {
    summary,
    kept: file.whole('kept', 1, MOST),
    unproven,
    means: file.f64('unproven_means', unproven.length, heads),
    sharedMean: file.f64('shared_mean', dim),
    along: chosen(file, 'along', neurons),
  };
}

/** What was found for a question as a safetensors file: the same findings give the same bytes. */
export function encodeFindings(
  question: Question,
  { block, read, images, strongest, ends }: Findings,
): Uint8Array {
  const sizes = findingSizes(question);
  const { neurons, listed, bins } = sizes.ends;
  const tensors: TensorToWrite[] = [
    { name: 'dropped', dtype: 'F64', shape: [sizes.strongest.neurons], data: strongest.dropped },
    ...candidateTensors(strongest.candidates, sizes.strongest),
    ...endTensors(ends.positive, neurons, listed, 'positive'),
    ...endTensors(ends.negative, neurons, listed, 'negative'),
    { name: 'histogram', dtype: 'I32', shape: [neurons, bins], data: ends.histogram },
  ];
  return writeSafetensors(tensors, { format: FINDINGS, ...asTexts({ block, read, images }) });
}

/**
 * Reads what {@link encodeFindings} wrote, into arrays of its own.
 * @throws LensError `bad-file` for anything else, and for what was found for another question
 */
export function decodeFindings(question: Question, bytes: Uint8Array): Findings {
  const file = new TensorFile(bytes, FINDINGS, 'part of a later look');
  const sizes = findingSizes(question);
  const { neurons, listed, bins } = sizes.ends;
  const { summary } = question;
  const images = file.whole('images', 0, summary.images);
  const histogram = file.i32('histogram', neurons, bins);
  for (let n = 0; n < neurons; n++) {
    const counts = histogram.subarray(n * bins, (n + 1) * bins);
    const sum = counts.reduce((all, count) => (count < 0 ? Number.NaN : all + count), 0);
    if (sum !== images) throw file.bad(`the histogram of neuron ${n} does not count ${images} images`);
  }
  return {
    block: file.whole('block', summary.block, summary.block),
    read: file.whole('read', images, Number.MAX_SAFE_INTEGER),
    images,
    strongest: {
      candidates: readCandidates(file, sizes.strongest, Math.min(images, question.kept)),
      dropped: file.dropped('dropped', sizes.strongest.neurons),
    },
    ends: {
      positive: readEnd(file, neurons, listed, images, 'positive'),
      negative: readEnd(file, neurons, listed, images, 'negative'),
      histogram,
    },
  };
}

const asTexts = (numbers: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));

function wholes(file: TensorFile, name: string, neurons: number, width: number, images: number): Int32Array {
  const values = file.i32(name, neurons, width);
  const [least, most] = name === 'histogramCounts' ? [0, images] : [-1, images - 1];
  if (values.every((value) => value >= least && value <= most)) return values;
  throw file.bad(`${name} holds what is no image, or more than there are`);
}

/** Some of the neurons, ascending. */
function chosen(file: TensorFile, name: string, neurons: number): Int32Array {
  const values = file.i32(name, file.rows(name));
  if (values.every((n, i) => n < neurons && n > (i === 0 ? -1 : values[i - 1]!))) return values;
  throw file.bad(`${name} holds what is no neuron, or one twice`);
}
