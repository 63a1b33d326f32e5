import type { PictureSet } from './data.ts';

/** Pictures that are not here: each is a number in an empty frame. */
export const unseenPictures = (name: string, count: number): PictureSet => ({
  name,
  licence: 'not here',
  count,
  size: 192,
  cell: (image) => ({ url: '', column: 0, row: 0, columns: 1, rows: 1, number: image }),
  caption: (image) => `picture ${image}, which is not here`,
  templates: ['a photo of {}', '{}'],
  classes: [],
  labels: () => [],
});
