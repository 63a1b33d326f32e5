import { decodePicture } from './decode.ts';
import type { PictureSource } from './picture.ts';

const nameOf = (file: Blob, index: number): string =>
  'name' in file && typeof file.name === 'string' && file.name ? file.name : `picture ${index + 1}`;

/** Pictures a person dropped or chose, in the order given. Reading is as {@link decodePicture}. */
export function fileSource(files: readonly Blob[]): PictureSource {
  const at = (index: number): Blob => {
    const file = files[index];
    if (!file) throw new RangeError(`picture ${index} of ${files.length}`);
    return file;
  };
  return {
    count: files.length,
    name: (index) => nameOf(at(index), index),
    read: (index, signal) => decodePicture(at(index), nameOf(at(index), index), signal),
  };
}
