/**
 * Classes of a person's own pictures: the folder that each lies in, as picture sets with classes are usually kept
 * (cats/1.jpg, dogs/2.jpg). Undefined where all lie in one.
 */
export function ownLabels(
  files: readonly Pick<File, 'name' | 'webkitRelativePath'>[],
): { names: readonly string[]; labels: readonly number[] } | undefined {
  const folders = files.map(({ webkitRelativePath }) => webkitRelativePath.split('/').at(-2) ?? '');
  const names = [...new Set(folders)].filter(Boolean).sort();
  if (names.length < 2) return undefined;
  return { names: names.map(inWords), labels: folders.map((folder) => names.indexOf(folder)) };
}

/** `fire_engine` is read as it is spoken. */
const inWords = (folder: string): string => folder.replaceAll(/[_-]+/g, ' ').trim();
