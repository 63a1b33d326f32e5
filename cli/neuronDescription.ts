import type { BlockOverview } from '../src/lens/blockSummary.ts';
import type { NeuronRow, PackManifest, SimilarNeuron } from '../src/pack/index.ts';
import type { Row } from '../src/studies/figures.ts';

/** One neuron of a pack, or one direction, with what its block says of it. */
export interface DescribedNeuron {
  readonly block: number;
  readonly neuron: number;
  /** Of a direction made elsewhere, where it has one. */
  readonly name?: string | undefined;
  readonly overview: BlockOverview;
  readonly row: NeuronRow;
}

/** What descriptions say beyond a neuron's own numbers. */
export interface DescriptionContext {
  readonly manifest: PackManifest;
  /** What a picture is called; undefined where that is not known. */
  pictureName(image: number): string | undefined;
}

/** A float32 in as few digits as tell it from what anybody would measure otherwise. */
const number = (value: number): number => Number(value.toPrecision(7));

/** The numbers of the overview, under the names the page has for them. */
function measures({ neuron, overview, row }: DescribedNeuron) {
  return {
    typical_size: number(overview.typicalNorm[neuron]!),
    largest_size: number(overview.maxNorm[neuron]!),
    threshold: number(overview.thresholds[neuron]!),
    top_share: number(overview.topShare[neuron]!),
    positive_share: number(overview.positiveShare[neuron]!),
    variance_share: number(overview.varianceShares[neuron]!),
    mean_along: number(row.meanAlong),
  };
}

/**
 * A neuron as a row of a table.
 * @param terms which of the pack's descriptions; undefined for none
 * @param listed pictures at each end
 */
export function tableRow(
  described: DescribedNeuron,
  context: DescriptionContext,
  terms: number | undefined,
  listed: number,
): Row {
  const { row } = described;
  const ends: Record<string, string | number | undefined> = {};
  for (let i = 0; i < listed; i++) ends[`positive_${i + 1}`] = picture(row.positiveImages[i], context);
  for (let i = 0; i < listed; i++) ends[`negative_${i + 1}`] = picture(row.negativeImages[i], context);
  return { ...identity(described, context), ...measures(described), ...words(row, context, terms), ...ends };
}

/** Which neuron it is; or which direction, with its name where they have names. */
function identity(
  { block, neuron, name }: DescribedNeuron,
  { manifest: { directions } }: DescriptionContext,
) {
  if (!directions) return { block, neuron };
  return { direction: neuron, ...(directions.names !== undefined && { name: name ?? '' }) };
}

const picture = (image: number | undefined, { pictureName }: DescriptionContext) =>
  image === undefined || image < 0 ? undefined : (pictureName(image) ?? image);

function words({ codes }: NeuronRow, { manifest }: DescriptionContext, terms: number | undefined): Row {
  const code = terms === undefined ? undefined : codes.get(terms);
  if (terms === undefined || !code) return {};
  const cells: Record<string, string | number | undefined> = {
    terms,
    r2: number(code.r2),
    chance_r2: chanceOf(manifest, terms),
  };
  for (let i = 0; i < terms; i++) {
    cells[`word_${i + 1}`] = code.terms[i]?.text;
    cells[`gamma_${i + 1}`] = code.terms[i] && number(code.terms[i]!.coefficient);
  }
  return cells;
}

function chanceOf({ codes }: PackManifest, terms: number): number | undefined {
  const mean = codes?.lengths.find((length) => length.terms === terms)?.chance.mean;
  return mean === undefined ? undefined : number(mean);
}

/** A neuron with all its lists, as JSON. */
export function completeDescription(described: DescribedNeuron, context: DescriptionContext): object {
  const { row } = described;
  const kind = context.manifest.directions ? 'direction' : 'neuron';
  const neighbour = ({ neuron, cosine }: SimilarNeuron) => ({ [kind]: neuron, cosine: number(cosine) });
  const end = (images: Int32Array, activations: Float32Array) =>
    Array.from(images, (image, i) => ({ ...pictured(image, context), x: number(activations[i]!) })).filter(
      ({ image }) => image >= 0,
    );
  return {
    ...identity(described, context),
    ...measures(described),
    descriptions: [...row.codes].map(([terms, { terms: texts, r2 }]) => ({
      terms,
      r2: number(r2),
      chance_r2: chanceOf(context.manifest, terms),
      words: texts.map(({ text, coefficient }) => ({ text, gamma: number(coefficient) })),
    })),
    positive: end(row.positiveImages, row.positiveActivations),
    negative: end(row.negativeImages, row.negativeActivations),
    top: Array.from(row.topImages),
    histogram: {
      low: number(row.histogramRange[0]!),
      high: number(row.histogramRange[1]!),
      counts: Array.from(row.histogramCounts),
    },
    head_shares: Array.from(row.headShares, number),
    similar: row.similar.map(neighbour),
    opposite: row.opposite.map(neighbour),
    ...(row.aligned.length > 0 && {
      aligned_neurons: row.aligned.map(({ cosine, ...place }) => ({ ...place, cosine: number(cosine) })),
    }),
  };
}

function pictured(image: number, { pictureName }: DescriptionContext): { image: number; name?: string } {
  const name = image < 0 ? undefined : pictureName(image);
  return { image, ...(name !== undefined && { name }) };
}
