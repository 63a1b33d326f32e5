import { existsSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import type { SegmentationQuery } from '../../src/engine/tables/segmentationTable.ts';
import { LensError } from '../../src/errors.ts';
import { sheetSource } from '../../src/images/sheets.ts';
import type { Form } from '../../src/lens/form.ts';
import { alignMask } from '../../src/lens/maskAlignment.ts';
import { severalObjectParts } from '../../src/studies/labelledImages.ts';
import { maskWhere, thingsOfScene } from '../../src/studies/segmentation.ts';
import type { Context } from '../command.ts';
import { decodeBytes } from '../decode.ts';
import { folderPaths, readBytes, requireFolder } from '../folder.ts';
import type { Model } from '../model.ts';
import { type LabelledPictures, openLabelled } from './labelledPictures.ts';

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
  return {
    ...labelled,
    parts: form === 'corrected' ? [...labelled.parts, ...severalObjectParts(index)] : labelled.parts,
    queriesOf: (image, asked, size) => thingsOfScene(index, masks, asked, size)(image),
  };
}
