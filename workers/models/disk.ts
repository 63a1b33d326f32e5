/** Where models are kept: folders of random-access files, as the browser's private file system has them. */
export interface Disk {
  /** `memory` where the browser keeps nothing for us: gone with the worker. */
  readonly kind: 'browser' | 'memory';
  folders(): Promise<string[]>;
  /** Opens a folder, making it if need be. */
  folder(name: string): Promise<Folder>;
  remove(name: string): Promise<void>;
  /** Bytes that may still be stored; undefined where the browser does not say. */
  free(): Promise<number | undefined>;
}

export interface Folder {
  /**
   * Opens a file for this worker alone, making it if need be.
   * @throws LensError `unavailable` when another tab has it open
   */
  open(name: string): Promise<DiskFile>;
  /** Whole content of a small file, also while somebody has it open; undefined when there is none. */
  peek(name: string, limit: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Bytes of a file, also while somebody has it open; 0 when there is none. */
  size(name: string): Promise<number>;
  /** Moves a file that nobody has open to the same name in another folder of this disk, in place of one that is there. */
  move(name: string, into: Folder): Promise<void>;
}

export interface DiskFile {
  size(): number;
  /** Fills `into` from byte `at` on; the bytes must have been written. */
  read(at: number, into: Uint8Array): void;
  /** @throws LensError `unavailable` when the disk or the page's share of it is full */
  write(at: number, bytes: Uint8Array): void;
  truncate(size: number): void;
  /** After it, what was written survives a crash. */
  flush(): void;
  close(): void;
}
