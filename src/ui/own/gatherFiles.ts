/** Files a person gave by dropping, pasting or choosing, and those that are clearly no pictures. */
export interface Gathered {
  readonly pictures: readonly File[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

const PICTURE_NAME = /\.(jpe?g|jfif|png|webp|gif|bmp|avif|heic|heif|tiff?)$/i;

/** Files the system leaves in folders; nobody means to look at them. */
const SYSTEM_NAME = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

/** The path inside a chosen folder where there is one, else the name. */
export const shownName = (file: File): string => file.webkitRelativePath || file.name || 'pasted picture';

/**
 * Splits files into those worth decoding and those that are not pictures by type and name. What a
 * picture file really holds is found out by decoding it.
 */
export function sortFiles(files: readonly File[]): Gathered {
  const seen = files.filter((file) => !SYSTEM_NAME.test(file.name));
  const isPicture = (file: File): boolean => file.type.startsWith('image/') || PICTURE_NAME.test(file.name);
  return {
    pictures: seen.filter(isPicture),
    refused: seen
      .filter((file) => !isPicture(file))
      .map((file) => ({ name: shownName(file), reason: 'This is not a picture file.' })),
  };
}

/** All files under a dropped entry; folders are walked to their ends. */
async function filesOfEntry(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    const path = entry.fullPath.slice(1); // which the file itself tells only when a folder was chosen
    if (path.includes('/') && !file.webkitRelativePath) {
      Object.defineProperty(file, 'webkitRelativePath', { value: path });
    }
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  for (;;) {
    // A reader gives at most a hundred entries a call, and an empty list at the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return files;
    for (const child of batch) files.push(...(await filesOfEntry(child)));
  }
}

/** Files and folders of a drop. Must be called in the event's own turn: the list is emptied after it. */
export async function filesOfDrop(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const loose = [...transfer.files];
  if (entries.length === 0) return loose;
  return (await Promise.all(entries.map(filesOfEntry))).flat();
}
