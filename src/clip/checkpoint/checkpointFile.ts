/** One file of a checkpoint, whole. */
export interface CheckpointFile {
  /** What sentences call it, and the key of {@link ClipWeights.files}; different for every file. */
  readonly name: string;
  readonly bytes: Uint8Array;
}
