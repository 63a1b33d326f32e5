import { type TransferHandler, transferHandlers } from 'comlink';
import { type ErrorTag, isLensError, LensError } from '../src/errors.ts';

interface Thrown {
  readonly value: unknown;
}

type Crossing =
  | { readonly kind: 'lens'; readonly tag: ErrorTag; readonly message: string }
  | { readonly kind: 'bug'; readonly name: string; readonly message: string; readonly stack: string };

/** Comlink sends an error's words only; with this, on both sides, a LensError arrives as one, with its tag. */
export function sendErrorsWhole(): void {
  const original = transferHandlers.get('throw');
  if (!original) throw new Error('comlink has no "throw" handler');
  const handler: TransferHandler<Thrown, Crossing> = {
    canHandle: original.canHandle as (value: unknown) => value is Thrown,
    serialize: ({ value }) => [pack(value), []],
    deserialize: (crossing) => {
      throw unpack(crossing);
    },
  };
  transferHandlers.set('throw', handler);
}

function pack(error: unknown): Crossing {
  if (isLensError(error)) return { kind: 'lens', tag: error.tag, message: error.message };
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'bug', name, message, stack: stack ?? '' };
}

function unpack(crossing: Crossing): Error {
  if (crossing.kind === 'lens') return new LensError(crossing.tag, crossing.message);
  return Object.assign(new Error(crossing.message), { name: crossing.name, stack: crossing.stack });
}
