import { CATALOGUE } from '../clip/catalogue.ts';
import type { Provenance } from './provenance.ts';

/** A BibTeX entry, and what it is of. */
export interface Citation {
  readonly of: 'paper' | 'model' | 'software' | 'view';
  readonly title: string;
  readonly bibtex: string;
}

const PAPER = `@inproceedings{gandelsman2025interpreting,
  title = {Interpreting the Second-Order Effects of Neurons in {CLIP}},
  author = {Gandelsman, Yossi and Efros, Alexei A. and Steinhardt, Jacob},
  booktitle = {International Conference on Learning Representations},
  year = {2025},
  eprint = {2406.04341},
  archivePrefix = {arXiv},
  url = {https://arxiv.org/abs/2406.04341}
}`;

/** What BibTeX or TeX would not take as itself. Braces get names: BibTeX counts them even behind a backslash. */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\textbraceleft{}',
  '}': '\\textbraceright{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
};

/** A text as the value of a BibTeX field: nothing in it ends the field or is run by TeX. */
export const escapeBibtex = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[\\{}~^$&#%_]/g, (character) => SPECIAL[character]!)
    .trim();

/** An address as it may stand in \url{…}: what would end it is percent-encoded. */
const inUrl = (address: string): string =>
  address.replace(/[\s\p{Cc}\\{}^`<>"]/gu, (character) => encodeURIComponent(character));

type Fields = readonly (readonly [name: string, value: string | undefined])[];

function entry(kind: string, key: string, fields: Fields): string {
  const lines = fields.flatMap(([name, value]) => (value ? [`  ${name} = {${value}}`] : []));
  return `@${kind}{${key},\n${lines.join(',\n')}\n}`;
}

const keyOf = (...parts: readonly (string | number)[]): string =>
  parts
    .join('-')
    .replace(/[^A-Za-z0-9-]+/g, '-')
    .replace(/-+/g, '-')
    .toLowerCase();

/** What the view is of, besides its provenance. */
export interface Cited {
  /** Name of the model in addresses: the catalogue knows some by it. */
  readonly modelName: string;
  /** What is seen, as in “Neuron 467 of block 0”. */
  readonly title: string;
  readonly provenance: Provenance;
}

/** How to cite what is on the screen: the method, the model, the program, and the view itself. */
export function citations({ modelName, title, provenance }: Cited): Citation[] {
  return [
    { of: 'paper', title: 'The method', bibtex: PAPER },
    { of: 'model', title: `The model: ${provenance.model.name}`, bibtex: ofModel(modelName, provenance) },
    { of: 'software', title: 'This program', bibtex: ofSoftware(provenance) },
    { of: 'view', title: 'This view', bibtex: ofView(title, provenance) },
  ];
}

/** As its makers ask to be cited, where the catalogue has it; else by its files. */
function ofModel(modelName: string, { model, permalink, date }: Provenance): string {
  const known = CATALOGUE.find(({ id }) => id === modelName);
  if (known) return known.citation;
  const shipped = modelName === 'pictogram-clip';
  return entry('misc', keyOf(modelName, 'weights'), [
    ['title', escapeBibtex(model.name)],
    ['author', shipped ? '{neuronlens contributors}' : undefined],
    ['year', date.slice(0, 4)],
    [
      'howpublished',
      shipped ? `Model card and weights shipped with neuronlens, \\url{${pageOf(permalink)}}` : undefined,
    ],
    ['note', model.hash ? `SHA-256 of the weights ${model.hash}` : undefined],
  ]);
}

function ofSoftware({ software, permalink, date }: Provenance): string {
  const [name = '', version = ''] = software.split(' ');
  return entry('software', keyOf(name, version), [
    ['title', `${escapeBibtex(name)}: a browser microscope for the neurons of {CLIP}`],
    ['author', `{${escapeBibtex(name)} contributors}`],
    ['version', escapeBibtex(version)],
    ['year', date.slice(0, 4)],
    ['url', pageOf(permalink)],
  ]);
}

function ofView(
  title: string,
  { permalink, model, images, form, software, madeWith, date }: Provenance,
): string {
  const hashed = (what: string, hash: string | undefined): string =>
    hash ? `${what} SHA-256 ${hash}` : `${what} without a known hash`;
  const day = date.slice(0, 10);
  const note = [
    hashed('model', model.hash),
    hashed('image set', images.hash),
    `${form === 'corrected' ? 'corrected form' : 'form as released'}`,
    `computed with ${escapeBibtex(madeWith)}`,
    `accessed ${day}`,
  ];
  return entry('misc', keyOf('neuronlens', title), [
    ['title', `${escapeBibtex(title)}, ${escapeBibtex(model.name)} on ${escapeBibtex(images.name)}`],
    ['author', `{${escapeBibtex(software)}}`],
    ['year', date.slice(0, 4)],
    ['howpublished', `\\url{${inUrl(permalink)}}`],
    ['urldate', day],
    ['note', note.join('; ')],
  ]);
}

/** The page itself, without the view. */
const pageOf = (permalink: string): string => inUrl(permalink.replace(/#.*$/s, ''));
