import { CATALOGUE, type CatalogueModel, catalogueModel, type FileRole } from '../../src/clip/catalogue.ts';
import { LensError } from '../../src/errors.ts';
import { type Address, httpUrl, readAddress } from './address.ts';
import { type ModelNote, modelFolder } from './entry.ts';
import { type Patience, RemoteFile } from './remoteFile.ts';
import { Refusal } from './request.ts';

export interface RecipeFile {
  readonly role: FileRole;
  readonly url: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** Which files make up a model, and what is known of them beforehand. */
export interface Recipe {
  /** The model's name, where it is known before the file is read. */
  readonly id?: string;
  readonly title: string;
  /** A catalogue's id or the address that was asked for. */
  readonly source: string;
  /** Where a person can read about it. */
  readonly url: string;
  readonly catalogue?: CatalogueModel;
  readonly files: readonly RecipeFile[];
  /** Whether the addresses name a commit, so that what lies there cannot change. */
  readonly pinned: boolean;
}

/** @throws LensError `bad-request` for a name that is not in the catalogue */
export function catalogueRecipe(id: string): Recipe {
  const catalogue = catalogueModel(id);
  if (!catalogue) throw new LensError('bad-request', `The catalogue has no model named ${id.slice(0, 80)}.`);
  return recipeOf(catalogue);
}

/** A catalogue's entry as a recipe. */
export const recipeOf = (catalogue: CatalogueModel): Recipe => ({
  id: catalogue.id,
  title: catalogue.title,
  source: catalogue.id,
  url: catalogue.files[0]?.url ?? '',
  catalogue,
  files: catalogue.files,
  pinned: catalogue.revision !== undefined,
});

/** What a stored model was made of. */
export function storedRecipe({ id, title, source, files }: ModelNote): Recipe {
  const catalogue = catalogueModel(source);
  if (catalogue && modelFolder(catalogue.files) === modelFolder(files)) return recipeOf(catalogue);
  return {
    ...(id !== undefined && { id }),
    title,
    source,
    url: files[0]?.url ?? source,
    files: files.map(({ role, url }) => ({ role, url })),
    pinned: files.every(({ url }) => namesCommit(url)),
  };
}

/** Where a folder's weights are looked for, best first. */
const CANDIDATES = [
  'model.safetensors',
  'open_clip_model.safetensors',
  'onnx/vision_model.onnx',
  'vision_model.onnx',
  'onnx/model.onnx',
  'model.onnx',
];

/**
 * Reads an address and, for a folder or a repository, looks which weight file is there.
 * @throws LensError as {@link readAddress}; `unavailable` when nothing to read is there
 */
export async function addressRecipe(
  text: string,
  signal: AbortSignal | undefined,
  patience?: Patience,
): Promise<Recipe> {
  const address = readAddress(text);
  const file = address.file ?? (await findWeights(address, signal, patience));
  return {
    title: address.title,
    source: httpUrl(text).href,
    url: file,
    files: [...weightFiles(file), ...besides(address.base, file)],
    pinned: address.pinned,
  };
}

async function findWeights(
  { base }: Address,
  signal: AbortSignal | undefined,
  patience: Patience | undefined,
): Promise<string> {
  for (const name of CANDIDATES) {
    const url = `${base}${name}`;
    try {
      await new RemoteFile(url, {}, patience).read([0, 8], () => {}, {
        signal,
        limit: Infinity,
        modest: true,
      });
      return url;
    } catch (error) {
      if (!(error instanceof Refusal && isMissing(error))) throw error;
    }
  }
  throw new LensError(
    'unavailable',
    `No model file was found at ${base} (looked for ${CANDIDATES.join(', ')}). If it holds a pytorch_model.bin only, look for another revision of it, or another export, with a safetensors file.`,
  );
}

/** Servers say so in several ways of a file that is not there. */
export const isMissing = ({ status }: Refusal): boolean => status === 404 || status === 410;

/** The towers' files: exports have one for each, of the same name but for the tower's. */
function weightFiles(url: string): RecipeFile[] {
  const [, folder, name] = /^(.*\/)([^/]*)$/.exec(url) ?? [];
  const isExport = /\.onnx(\?|$)/i.test(url);
  if (!isExport || !name?.startsWith('vision_model')) return [known('weights', url)];
  return [known('vision', url), known('text', `${folder}${name.replace('vision_model', 'text_model')}`)];
}

/** What the catalogue knows of a file holds whoever asks for it. */
const known = (role: FileRole, url: string): RecipeFile => ({
  ...CATALOGUE.flatMap(({ files }) => files).find((file) => file.url === url),
  role,
  url,
});

const besides = (base: string, weights: string): RecipeFile[] => [
  {
    role: 'config',
    url: `${base}${/\/open_clip_[^/]*$/.test(weights) ? 'open_clip_config.json' : 'config.json'}`,
  },
  { role: 'preprocessor', url: `${base}preprocessor_config.json` },
  { role: 'tokenizer', url: `${base}tokenizer.json` },
];

/** Whether what lies at an address cannot change. */
export const namesCommit = (url: string): boolean => /\/[0-9a-f]{40}\//.test(url);

/** Whether a file's towers can be told apart without reading all of it. */
export const hasHeader = (url: string): boolean => !/\.onnx(\?|$)/i.test(url);
