/** How far a long job is: `done` of `total` units, and what it is doing, in words for the screen. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** What is counted, where it is not things. */
  readonly unit?: 'bytes';
}

/** What every long job takes: a way to be cancelled, and a way to say how far it is. */
export interface JobOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
