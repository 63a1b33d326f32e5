import { type ByteRange, merged } from './byteRanges.ts';
import { huggingFace } from './hugging-face.ts';
import { openClip } from './open-clip.ts';
import { otherArchitecture } from './otherArchitecture.ts';
import { encodeHeader, type StoredTensor } from './safetensors.ts';

/** One tower's share of a safetensors file. */
export interface TowerPart {
  /** In the order of the file. */
  readonly tensors: readonly StoredTensor[];
  /** Where they lie, in order and without overlap. */
  readonly ranges: readonly ByteRange[];
}

export interface TowerParts {
  readonly vision?: TowerPart;
  readonly text?: TowerPart;
}

const VISION = /^(vision_model|visual_projection|visual)\./;
const TEXT =
  /^((text_model|text_projection|transformer|token_embedding|ln_final)\.|(positional_embedding|text_projection)$)/;
/** The temperature belongs to both. */
const SHARED = 'logit_scale';
/** Saved by old versions of transformers: 0, 1, 2, …; nobody reads them. */
const USELESS = /\.position_ids$/;

/**
 * Which tensors of a checkpoint, by Hugging Face's or OpenCLIP's names, make up which tower: so that one
 * can be fetched without the other.
 * @throws LensError `unsupported` for tensors that are not those of a CLIP with a vision transformer
 */
export function towerRanges(tensors: Iterable<StoredTensor>): TowerParts {
  const all = [...tensors].filter(({ name }) => !USELESS.test(name)).sort((a, b) => a.offset - b.offset);
  const names = new Set(all.map(({ name }) => name));
  const part = (pattern: RegExp, wanted: readonly string[]): TowerPart | undefined => {
    const own = all.filter(({ name }) => pattern.test(name));
    if (own.length === 0) return undefined;
    if (!wanted.some((name) => names.has(name))) throw otherArchitecture([...names]);
    const chosen = all.filter((tensor) => own.includes(tensor) || tensor.name === SHARED);
    return {
      tensors: chosen,
      ranges: merged(chosen.map(({ offset, length }): ByteRange => [offset, offset + length])),
    };
  };
  const vision = part(VISION, [huggingFace.cls, openClip.cls]);
  const text = part(TEXT, [huggingFace.token, openClip.token]);
  if (!vision && !text) throw otherArchitecture([...names]);
  return { ...(vision && { vision }), ...(text && { text }) };
}

/** A piece of a new file that is copied from an old one. */
export interface Copy {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** A safetensors file of some tensors of another: its header, and what to copy behind it. */
export interface Subset {
  readonly header: Uint8Array;
  readonly copies: readonly Copy[];
  /** Of the whole new file, bytes. */
  readonly length: number;
}

/** Lays out a safetensors file of `tensors` alone, in their order; neighbours are copied as one. */
export function subsetFile(tensors: readonly StoredTensor[]): Subset {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, length }): [string, unknown] => {
    const begin = end;
    end += length;
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const header = encodeHeader(entries);
  const copies: { from: number; to: number; length: number }[] = [];
  let to = header.length;
  for (const { offset, length } of tensors) {
    const last = copies.at(-1);
    if (last && last.from + last.length === offset) last.length += length;
    else copies.push({ from: offset, to, length });
    to += length;
  }
  return { header, copies, length: to };
}
