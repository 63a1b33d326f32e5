/**
 * Every failure a person may meet is a LensError: a tag for code to branch on and one sentence a
 * person can act on. Anything else that is thrown is a bug of ours.
 */
export type ErrorTag =
  | 'bad-file' // a model, pack, array or picture file whose bytes are not what they claim
  | 'unsupported' // a valid file of a kind we do not read; the message says what to use instead
  | 'bad-request' // an option, URL or index that does not fit the model or the set
  | 'unavailable' // something is missing: a file, an adapter, the network
  | 'out-of-memory'
  | 'device-lost'
  | 'cancelled';

export class LensError extends Error {
  override readonly name = 'LensError';
  constructor(
    readonly tag: ErrorTag,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** True for a LensError, also one that lost its prototype on its way through a worker. */
export function isLensError(error: unknown): error is LensError {
  return error instanceof Error && error.name === 'LensError' && 'tag' in error;
}
