import { existsSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import type { SegmentationQuery } from '../src/engine/segmentationTable.ts';
import { LensError } from '../src/errors.ts';
import type { Picture } from '../src/images/picture.ts';
import { sheetSource } from '../src/images/sheets.ts';
import type { Form } from '../src/lens/form.ts';
import { alignMask, type Mask } from '../src/lens/maskAlignment.ts';
import type { Part } from '../src/studies/labelledImages.ts';
import type { Context } from './command.ts';
import { decodeBytes } from './decode.ts';
import { folderPaths, readBytes, requireFolder } from './folder.ts';
import { type LabelledPictures, openLabelled } from './labelledPictures.ts';
import type { Model } from './model.ts';

/** Pictures with masks of what is in them. */
export interface MaskedPictures extends LabelledPictures {
  /** What to look for in a picture, and where it is as the model sees the picture, at S pixels a side. */
  queriesOf(image: number, form: Form, size: number): Promise<SegmentationQuery[]>;
}

const refuse = (sentence: string) => new LensError('bad-request', sentence);

/**
 * Opens a shipped set with mask sheets, or a folder with `images` and `masks`: files of the same name but for
 * the ending, in which pixels brighter than half are the object.
 *
 * The text looked for is in the `corrected` form what is there, one query an object; in the `as-released` form, and
 * for pictures without labels, what the model itself takes the picture for.
 * @throws LensError `bad-request` (a picture without mask), `bad-file`, `unavailable`
 */
export async function openMasked(
  { set, classifier, labels }: { set: string; classifier: string | undefined; labels: string | undefined },
  form: Form,
  model: Model,
  context: Context,
): Promise<MaskedPictures> {
  await requireFolder(set);
  if (existsSync(join(set, 'set.json'))) return openMaskedSheets(set, form, model, context);
  const images = join(set, 'images');
  const labelled = await openLabelled({ set: undefined, images, classifier, labels }, model, context);
  if (classifier === undefined) throw refuse('Pictures of a folder need --classifier.');
  const masks = new Map((await folderPaths(join(set, 'masks'))).map((path) => [parse(path).name, path]));
  const { source } = labelled.pictures;
  const pathOf = (image: number): string => {
    const path = masks.get(parse(source.name(image)).name);
    if (path === undefined)
      throw refuse(`${source.name(image)} has no mask of its name in ${join(set, 'masks')}.`);
    return path;
  };
  for (let image = 0; image < source.count; image++) pathOf(image);
  return {
    ...labelled,
    async queriesOf(image, asked, size) {
      const path = pathOf(image);
      const mask = maskWhere(
        await decodeBytes(await readBytes(path), basename(path)),
        (value) => value > 127,
      );
      const label = labelled.labels[image]!;
      const text = asked === 'corrected' && label >= 0 ? label : undefined;
      return [{ text, truth: alignMask(mask, size, asked) }];
    },
  };
}

async function openMaskedSheets(
  set: string,
  form: Form,
  model: Model,
  context: Context,
): Promise<MaskedPictures> {
  const asked = { set, images: undefined, classifier: undefined, labels: undefined };
  const labelled = await openLabelled(asked, model, context);
  const index = labelled.index!;
  const masks = sheetSource(set, index, async (path) => decodeBytes(await readBytes(path), path), 'masks');
  const several = (heldOut: boolean): number[] =>
    index.scenes.flatMap(({ style, objects }, i) =>
      objects.length > 1 && (style === index.heldOutStyle) === heldOut ? i : [],
    );
  const extra: Part[] = [
    { name: 'trained styles, several objects', images: several(false) },
    { name: 'held-out style, several objects', images: several(true) },
  ];
  return {
    ...labelled,
    parts:
      form === 'corrected'
        ? [...labelled.parts, ...extra.filter(({ images }) => images.length > 0)]
        : labelled.parts,
    async queriesOf(image, asked, size) {
      const picture = await masks.read(image);
      return index.scenes[image]!.objects.flatMap(({ concept }, k): SegmentationQuery[] => {
        const mask = maskWhere(picture, (value) => value === k + 1);
        const truth = alignMask(mask, size, asked);
        if (!truth.includes(1)) return []; // wholly behind another
        return [{ text: asked === 'corrected' ? concept : undefined, truth }];
      });
    },
  };
}

/** 1 where a grey picture's value is the object's. */
function maskWhere({ width, height, data }: Picture, isObject: (value: number) => boolean): Mask {
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => (isObject(data[4 * i]!) ? 1 : 0)),
  };
}
