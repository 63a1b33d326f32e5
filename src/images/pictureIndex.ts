import { parseSetIndex, type SetIndex } from './setIndex.ts';

/** Small copies of pictures as a pack brings them along: in sheets, in the format of a shipped set. */
export const SHEET_COLUMNS = 10;
export const PICTURES_A_SHEET = 100;
/** Pixels a side unless told. */
export const COPY_SIDE = 160;

export interface IndexedPictures {
  readonly name: string;
  /** In the words of whoever may say so; "not stated" otherwise. */
  readonly licence: string;
  /** Pixels a side. */
  readonly size: number;
  /** The pictures in order. */
  readonly records: readonly { readonly name: string; readonly label?: string | undefined }[];
}

/**
 * What `set.json` says of them: labels become concepts, names captions.
 * @throws LensError `bad-file` for more pictures or longer names than an index may hold
 */
export function indexOfPictures({ name, licence, size, records }: IndexedPictures): SetIndex {
  const labels = [...new Set(records.flatMap(({ label }) => label ?? []))].sort(inOrder);
  const concepts = new Map(labels.map((label, index) => [label, index]));
  return parseSetIndex({
    name,
    version: 1,
    licence,
    sceneSize: size,
    maskSize: size,
    columns: SHEET_COLUMNS,
    perSheet: PICTURES_A_SHEET,
    count: records.length,
    groups: [],
    templates: [],
    concepts: labels.map((label) => ({ label, group: '', subgroup: '' })),
    scenes: records.map((record) => ({
      caption: record.name,
      background: '',
      style: '',
      objects:
        record.label === undefined
          ? []
          : [{ concept: concepts.get(record.label)!, box: [0, 0, 1, 1], visible: 1 }],
    })),
  });
}

/** Class numbers by size, names by their bytes, as data sets sort them. */
function inOrder(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return Number(a) - Number(b);
  const [x, y] = [a, b].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  const at = x.findIndex((byte, i) => byte !== y[i]);
  return at < 0 ? x.length - y.length : x[at]! - (y[at] ?? -1);
}
