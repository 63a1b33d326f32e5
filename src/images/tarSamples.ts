import { type ByteSource, type Read, type TarMember, tarMembers, windowed } from './tar.ts';

/** A picture of a tar shard in WebDataset's layout, with what lies beside it under the same key. */
export interface TarPicture {
  /** The member's path: `n01440764/000017.jpg`. */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** Of `key.cls`, else `label` or `class` of `key.json`; undefined where neither says one. */
  readonly label: string | undefined;
}

const PICTURE = new Set(['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp', 'avif']);
const MAX_JSON = 1 << 20;
const MAX_LABEL = 200;

/**
 * The pictures of a tar shard, in order. Members that follow each other and share a path up to the first dot of
 * their name are one sample; its picture is the first member with nothing but a picture's ending after that dot
 * (`key.jpg`, not `key.mask.png`). Samples without a picture are passed over. A label that cannot be read is no label.
 * @throws LensError as {@link tarMembers}
 */
export async function* tarPictures(source: ByteSource): AsyncGenerator<TarPicture> {
  const read = windowed(source);
  let sample: Sample | undefined;
  for await (const member of tarMembers(source)) {
    const { key, ending } = partsOf(member.name);
    if (key === undefined) continue;
    if (sample?.key !== key) {
      if (sample?.picture) yield pictureOf(sample, sample.picture);
      sample = { key };
    }
    if (PICTURE.has(ending)) sample.picture ??= member;
    else if (ending === 'cls' && member.size <= MAX_LABEL) sample.cls = await text(read, member);
    else if (ending === 'json' && member.size <= MAX_JSON) sample.json = labelOf(await text(read, member));
  }
  if (sample?.picture) yield pictureOf(sample, sample.picture);
}

interface Sample {
  readonly key: string;
  picture?: TarMember;
  cls?: string;
  json?: string | undefined;
}

function partsOf(path: string): { key?: string; ending: string } {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.indexOf('.');
  if (dot < 1) return { ending: '' }; // no ending, or hidden: ".DS_Store", macOS's "._picture.jpg"
  return {
    key: path.slice(0, path.length - base.length + dot),
    ending: base.slice(dot + 1).toLowerCase(),
  };
}

const text = async (read: Read, { offset, size }: TarMember): Promise<string> =>
  new TextDecoder().decode(await read(offset, size)).trim();

function labelOf(json: string): string | undefined {
  try {
    const value = JSON.parse(json) as { label?: unknown; class?: unknown } | null;
    const label = value?.label ?? value?.class;
    return typeof label === 'string' || typeof label === 'number' ? String(label) : undefined;
  } catch {
    return undefined;
  }
}

function pictureOf({ cls, json }: Sample, { name, offset, size }: TarMember): TarPicture {
  const label = cls || json?.slice(0, MAX_LABEL) || undefined;
  return { name, offset, size, label };
}
