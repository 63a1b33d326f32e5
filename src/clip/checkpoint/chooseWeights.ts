import { LensError } from '../../errors.ts';

/** Files of weights; of other kinds than ours, the reader says in words what is wrong with them. */
const WEIGHTS = /\.(safetensors|onnx|bin|pt|pth|ckpt|pkl|gguf|h5|msgpack)$/i;
const SHARD = /^(.*)-(\d{5})-of-(\d{5})\.safetensors$/i;

interface Named {
  /** Without folders. */
  readonly name: string;
}

/**
 * Which of a folder's files to read as weights. A repository often holds the same model several times: one
 * safetensors file goes before exports, an export of full precision before others.
 * @param wanted name of the file to take instead; the other shards, or the text tower beside an image tower, come with it
 * @throws LensError `bad-request` when `wanted` is not there, `bad-file` when a shard is missing
 */
export function chooseWeights<F extends Named>(files: readonly F[], wanted?: string): readonly F[] {
  const weights = files.filter(({ name }) => WEIGHTS.test(name));
  return withShards(weights, wanted === undefined ? usual(weights) : asked(weights, wanted));
}

function usual<F extends Named>(files: readonly F[]): readonly F[] {
  const named = (pattern: RegExp): F[] =>
    files.filter(({ name }) => pattern.test(name)).sort((a, b) => a.name.length - b.name.length);
  for (const whole of [/^model\.safetensors$/i, SHARD, /^open_clip_(pytorch_)?model\.safetensors$/i]) {
    const [found] = named(whole);
    if (found) return [found];
  }
  const tensors = named(/\.safetensors$/i);
  if (tensors.length > 0) return tensors;
  const [vision] = named(/^vision_model.*\.onnx$/i);
  const [text] = vision ? textBeside(files, vision) : named(/^text_model.*\.onnx$/i);
  const towers = [vision, text].filter((file) => file !== undefined);
  if (towers.length > 0) return towers;
  const exports = named(/\.onnx$/i);
  if (exports.length > 0) return exports.slice(0, 1);
  return files.slice(0, 1);
}

function asked<F extends Named>(files: readonly F[], wanted: string): readonly F[] {
  const file = files.find(({ name }) => name === wanted);
  if (!file) {
    const names = files.map(({ name }) => name).join(', ');
    throw new LensError(
      'bad-request',
      `There is no file of weights named ${wanted}${names ? `; there are ${names}` : ''}.`,
    );
  }
  return /^vision_model.*\.onnx$/i.test(wanted) ? [file, ...textBeside(files, file)] : [file];
}

/** The text tower of the same precision as an image tower, or else any. */
function textBeside<F extends Named>(files: readonly F[], { name }: F): readonly F[] {
  const suffix = name.slice('vision_model'.length);
  const texts = files.filter((file) => /^text_model.*\.onnx$/i.test(file.name));
  const [shortest] = texts.sort((a, b) => a.name.length - b.name.length);
  const beside = texts.find((file) => file.name === `text_model${suffix}`) ?? shortest;
  return beside ? [beside] : [];
}

/** All shards of the model that a chosen one belongs to. */
function withShards<F extends Named>(files: readonly F[], chosen: readonly F[]): readonly F[] {
  const [, stem, , count] = SHARD.exec(chosen[0]?.name ?? '') ?? [];
  if (stem === undefined || count === undefined) return chosen;
  return Array.from({ length: Number(count) }, (_, i) => {
    const name = `${stem}-${String(i + 1).padStart(5, '0')}-of-${count}.safetensors`;
    const shard = files.find((file) => file.name === name);
    if (!shard) {
      throw new LensError('bad-file', `${name} is missing: this model is split into ${Number(count)} files.`);
    }
    return shard;
  });
}
