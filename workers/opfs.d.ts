/** Random access to a file of the browser's private file system: for workers only, so not in TypeScript's DOM. */
interface FileSystemSyncAccessHandle {
  read(into: Uint8Array, options?: { at?: number }): number;
  write(bytes: Uint8Array, options?: { at?: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
  /** In place of a file that has the name already. */
  move(into: FileSystemDirectoryHandle, name: string): Promise<void>;
}
