import type { Activation, ClipConfig } from './config.ts';

/**
 * CLIP models that people use, as data: where their files are, and what is known of them beforehand. Byte
 * counts and hashes are as published by others who pin them; what nobody was seen to publish is left out.
 */

/** `weights`: both towers in one file. */
export type FileRole = 'weights' | 'vision' | 'text' | 'config' | 'preprocessor' | 'tokenizer';

export interface CatalogueFile {
  readonly role: FileRole;
  readonly url: string;
  readonly bytes?: number;
  /** Hex. */
  readonly sha256?: string;
}

export interface CatalogueModel {
  /** Name in addresses of our pages. */
  readonly id: string;
  readonly title: string;
  /** What tells it from others of the same model: where its weights come from and how they are stored. */
  readonly edition: string;
  /** Owner and name on the hub. */
  readonly repository: string;
  /** The commit the addresses are pinned to; undefined where they follow the repository's main branch. */
  readonly revision?: string;
  /** Whose published outputs this model must give, by `published.ts`; other than the repository for exports. */
  readonly outputsOf: string;
  /** Takes the place of the repository's own; pictures are prepared in CLIP's usual way. */
  readonly config: ClipConfig & Required<Pick<ClipConfig, 'vision' | 'text'>>;
  /** How the weights are stored. */
  readonly precision: 'float32' | 'float16' | 'int8';
  readonly files: readonly CatalogueFile[];
  readonly licence: string;
  /** BibTeX. */
  readonly citation: string;
  /** What it was trained on, a sentence. */
  readonly trainingData: string;
}

const HUB = 'https://huggingface.co/';

const RADFORD = `@inproceedings{radford2021learning,
  title={Learning Transferable Visual Models From Natural Language Supervision},
  author={Radford, Alec and Kim, Jong Wook and Hallacy, Chris and Ramesh, Aditya and Goh, Gabriel and Agarwal, Sandhini and Sastry, Girish and Askell, Amanda and Mishkin, Pamela and Clark, Jack and Krueger, Gretchen and Sutskever, Ilya},
  booktitle={International Conference on Machine Learning},
  year={2021}
}`;

const CHERTI = `@inproceedings{cherti2023reproducible,
  title={Reproducible Scaling Laws for Contrastive Language-Image Learning},
  author={Cherti, Mehdi and Beaumont, Romain and Wightman, Ross and Wortsman, Mitchell and Ilharco, Gabriel and Gordon, Cade and Schuhmann, Christoph and Schmidt, Ludwig and Jitsev, Jenia},
  booktitle={Conference on Computer Vision and Pattern Recognition},
  year={2023}
}`;

const OPENAI_DATA =
  'OpenAI trained it on 400 million pairs of picture and text from the web, which are not public.';

function sizes(
  vision: { width: number; layers: number; patchSize: number },
  text: { width: number; heads: number },
  dim: number,
  activation: Activation,
): CatalogueModel['config'] {
  const shared = { activation, layerNormEps: 1e-5 };
  return {
    vision: { ...vision, ...shared, heads: vision.width / 64, neurons: 4 * vision.width, imageSize: 224 },
    text: {
      ...text,
      ...shared,
      layers: 12,
      neurons: 4 * text.width,
      vocabularySize: 49408,
      contextLength: 77,
    },
    dim,
  };
}

const B_32 = { width: 768, layers: 12, patchSize: 32 };
const B_16 = { width: 768, layers: 12, patchSize: 16 };
const L_14 = { width: 1024, layers: 24, patchSize: 14 };
const TEXT_512 = { width: 512, heads: 8 };
const TEXT_768 = { width: 768, heads: 12 };

const OPENAI_B_32 = 'openai/clip-vit-base-patch32';
const OPENAI_B_16 = 'openai/clip-vit-base-patch16';
const OPENAI_L_14 = 'openai/clip-vit-large-patch14';
const LAION_B_32 = 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K';

const OPENAI_B_32_MAIN = `${HUB}${OPENAI_B_32}/resolve/3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268/`;
/** The proposal that holds the safetensors file: the main branch has none. */
const OPENAI_B_32_PROPOSAL = `${HUB}${OPENAI_B_32}/resolve/c237dc49a33fc61debc9276459120b7eac67e7ef/`;
const XENOVA_B_32_REVISION = 'd15189d7028b43f1d3e65039190477f6af591c2a';
const LAION_B_32_REVISION = '1a25a446712ba5ee05982a381eed697ef9b435cf';
const OPENAI_L_14_REVISION = '32bd64288804d66eefd0ccbe215aa642df71cc41';

/** One vocabulary for all of them. */
const TOKENIZER: CatalogueFile = { role: 'tokenizer', url: `${OPENAI_B_32_MAIN}tokenizer.json` };

const openAi = { licence: 'MIT (OpenAI’s model card)', citation: RADFORD, trainingData: OPENAI_DATA };

type Weights = Pick<CatalogueFile, 'bytes' | 'sha256'>;

/** One of transformers.js' exports of OpenAI's ViT-B/32. */
function exported(
  suffix: string,
  edition: string,
  precision: CatalogueModel['precision'],
  vision: [name: string, facts: Weights],
  text: [name: string, facts: Weights],
): CatalogueModel {
  const repository = 'Xenova/clip-vit-base-patch32';
  const base = `${HUB}${repository}/resolve/${XENOVA_B_32_REVISION}/`;
  return {
    id: `openai-vit-b-32-onnx-${suffix}`,
    title: `OpenAI ViT-B/32, ${edition}`,
    edition,
    repository,
    revision: XENOVA_B_32_REVISION,
    outputsOf: OPENAI_B_32,
    config: sizes(B_32, TEXT_512, 512, 'quick_gelu'),
    precision,
    files: [
      { role: 'vision', url: `${base}onnx/${vision[0]}`, ...vision[1] },
      { role: 'text', url: `${base}onnx/${text[0]}`, ...text[1] },
      TOKENIZER,
    ],
    ...openAi,
  };
}

const Q8_TEXT: [string, Weights] = [
  'text_model_quantized.onnx',
  { bytes: 64504507, sha256: '73baab855d406190da9faa498cfedf65f15cf309f4cc7385b7b032e6d08e5c3a' },
];

export const CATALOGUE: readonly CatalogueModel[] = [
  {
    id: 'openai-vit-b-32',
    title: 'OpenAI ViT-B/32',
    edition: 'as published',
    repository: OPENAI_B_32,
    revision: 'c237dc49a33fc61debc9276459120b7eac67e7ef',
    outputsOf: OPENAI_B_32,
    config: sizes(B_32, TEXT_512, 512, 'quick_gelu'),
    precision: 'float32',
    files: [
      {
        role: 'weights',
        url: `${OPENAI_B_32_PROPOSAL}model.safetensors`,
        bytes: 605157884,
        sha256: '99d28a652e6ec46629ab7047a0ac82c69b1fe11e0ce672c43af65d3a9a3fc05d',
      },
      TOKENIZER,
    ],
    ...openAi,
  },
  {
    id: 'openai-vit-b-16',
    title: 'OpenAI ViT-B/16',
    edition: 'browser export',
    // OpenAI's own repository has a pickle only.
    repository: 'Xenova/clip-vit-base-patch16',
    outputsOf: OPENAI_B_16,
    config: sizes(B_16, TEXT_512, 512, 'quick_gelu'),
    precision: 'float32',
    files: [
      { role: 'vision', url: `${HUB}Xenova/clip-vit-base-patch16/resolve/main/onnx/vision_model.onnx` },
      { role: 'text', url: `${HUB}Xenova/clip-vit-base-patch16/resolve/main/onnx/text_model.onnx` },
      TOKENIZER,
    ],
    ...openAi,
  },
  {
    id: 'openai-vit-l-14',
    title: 'OpenAI ViT-L/14',
    edition: 'as published',
    repository: OPENAI_L_14,
    revision: OPENAI_L_14_REVISION,
    outputsOf: OPENAI_L_14,
    config: sizes(L_14, TEXT_768, 768, 'quick_gelu'),
    precision: 'float32',
    files: [
      {
        role: 'weights',
        url: `${HUB}${OPENAI_L_14}/resolve/${OPENAI_L_14_REVISION}/model.safetensors`,
        bytes: 1710540580,
        sha256: 'a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb',
      },
      TOKENIZER,
    ],
    ...openAi,
  },
  {
    id: 'laion-vit-b-32',
    title: 'LAION ViT-B/32 (laion2B-s34B-b79K)',
    edition: 'as published, OpenCLIP',
    repository: LAION_B_32,
    revision: LAION_B_32_REVISION,
    outputsOf: LAION_B_32,
    config: sizes(B_32, TEXT_512, 512, 'gelu'),
    precision: 'float32',
    files: [
      {
        role: 'weights',
        url: `${HUB}${LAION_B_32}/resolve/${LAION_B_32_REVISION}/open_clip_model.safetensors`,
        bytes: 605143316,
        sha256: 'ac4f8c4b88af6d963118cbf40ad93176d092abbedfcb752601ae1866352656e6',
      },
      TOKENIZER,
    ],
    licence: 'MIT',
    citation: CHERTI,
    trainingData: 'LAION trained it on LAION-2B, two billion English pairs of picture and text from the web.',
  },
  exported(
    'fp32',
    'browser export',
    'float32',
    [
      'vision_model.onnx',
      { bytes: 351685709, sha256: 'fd6e1402a588279d1723c7534d4bcba5bc0b14b47dfab0e46f8c47b8270d7d40' },
    ],
    [
      'text_model.onnx',
      { bytes: 254058553, sha256: '3f6571f5bad13a97c469c1622e1cfc4d9aef78b79fdbfcff804ca357bfada8cc' },
    ],
  ),
  exported(
    'fp16',
    'browser export, half precision',
    'float16',
    [
      'vision_model_fp16.onnx',
      { bytes: 176080659, sha256: '35c4e0fb0aeee527dcde1693520b214a34424a786babd530f35366bad5844efd' },
    ],
    ['text_model_fp16.onnx', {}],
  ),
  exported(
    'q8',
    'browser export, 8 bits',
    'int8',
    [
      'vision_model_quantized.onnx',
      { bytes: 89117001, sha256: '583fd1110a514667812fee7d684952aaf82a99b959760c8d7dca7e0ab9839299' },
    ],
    Q8_TEXT,
  ),
];

/** The entry of that id; nothing for names that are none. */
export const catalogueModel = (id: string): CatalogueModel | undefined =>
  CATALOGUE.find((model) => model.id === id);
