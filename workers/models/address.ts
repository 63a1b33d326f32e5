import { LensError } from '../../src/errors.ts';

/** Where the files of a model lie, as far as its address says. */
export interface Address {
  /** The address of one weight file; undefined for a folder, in which it must be looked for. */
  readonly file?: string;
  /** The folder of config.json and the tokenizer, with a slash at the end. */
  readonly base: string;
  readonly title: string;
  /** Whether what lies there can never change: the address names a commit. */
  readonly pinned: boolean;
}

const HUBS = ['huggingface.co', 'hf.co', 'www.huggingface.co', 'hf-mirror.com'];
const WEIGHTS = /\.(safetensors|onnx)$/i;
/** Other kinds of weights; fetching one would only lead to a refusal, after a gigabyte. */
const OTHER_WEIGHTS = /\.(bin|pt|pth|ckpt|pkl|h5|msgpack|gguf|tflite|npz|zip|tar|gz)$/i;

/**
 * Reads what a person typed or pasted: a weight file, a hub's page of a repository or of one of its files, or a
 * folder.
 * @throws LensError `bad-request` for what is no http address, or one with a password in it; `unsupported` for
 * files of another kind
 */
export function readAddress(text: string): Address {
  const url = httpUrl(text);
  const hub = HUBS.includes(url.hostname);
  const onHub = /^\/([^/]+)\/([^/]+)\/(resolve|blob|raw|tree)\/(.+)$/.exec(url.pathname);
  if (onHub) {
    const [, owner, name, , rest] = onHub;
    const [revision, path] = splitRevision(rest!);
    const base = `${url.origin}/${owner}/${name}/resolve/${revision}/`;
    const pinned = /^[0-9a-f]{40}$/.test(revision);
    const title = `${owner}/${name}`;
    refuseOther(path);
    if (WEIGHTS.test(path)) return { file: `${base}${path}${url.search}`, base, title, pinned };
    const folder = path.replace(/\/?$/, path ? '/' : '');
    return { base: `${base}${/\.\w+\/$/.test(folder) ? '' : folder}`, title, pinned };
  }
  const page = /^\/([^/]+)\/([^/]+)\/?$/.exec(url.pathname);
  if (hub) {
    if (!page)
      throw new LensError('bad-request', 'This is no page of a model: its address has an owner and a name.');
    return {
      base: `${url.origin}/${page[1]}/${page[2]}/resolve/main/`,
      title: `${page[1]}/${page[2]}`,
      pinned: false,
    };
  }
  const last = decode(url.pathname.split('/').filter(Boolean).at(-1) ?? url.hostname);
  refuseOther(last);
  if (WEIGHTS.test(last)) {
    return { file: url.href, base: new URL('.', url).href.split('?')[0]!, title: last, pinned: false };
  }
  const folder = new URL(url);
  folder.search = '';
  return { base: folder.href.replace(/\/?$/, '/'), title: last, pinned: false };
}

/** @throws LensError `bad-request` */
export function httpUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw new LensError('bad-request', 'This is no web address; it should begin with https://.');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new LensError('bad-request', 'Models are fetched from http and https addresses only.');
  }
  if (url.username || url.password) {
    throw new LensError(
      'bad-request',
      'An address with a user name or password in it is not used: links get shared.',
    );
  }
  if (url.href.length > 4000) throw new LensError('bad-request', 'This address is too long.');
  url.hash = '';
  return url;
}

/** `refs/pr/66/model.safetensors` → revision and path; the slashes of such a revision are written %2F. */
function splitRevision(rest: string): [revision: string, path: string] {
  const named = /^(refs\/(?:pr|convert)\/[^/]+)(?:\/(.*))?$/.exec(rest);
  if (named) return [encodeURIComponent(named[1]!), named[2] ?? ''];
  const [revision, ...path] = rest.split('/');
  return [revision!, path.join('/')];
}

function refuseOther(path: string): void {
  if (!OTHER_WEIGHTS.test(path)) return;
  throw new LensError(
    'unsupported',
    `${path.split('/').at(-1)} is not a kind of file that is read here: a pickle can run code, and the others hold ` +
      'other things. Use the .safetensors or .onnx file of the model.',
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
