/** Bytes [begin, end). */
export interface Bytes {
  readonly begin: number;
  readonly end: number;
}

/**
 * What a Range header asks of a file.
 * @param size of the file, in bytes
 * @returns `whole` for no header, several ranges and what cannot be read, as the standard wants it;
 * `unsatisfiable` for what begins behind the file's end
 */
export function rangeOf(header: string | null, size: number): Bytes | 'whole' | 'unsatisfiable' {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!asked || (asked[1] === '' && asked[2] === '')) return 'whole';
  if (asked[1] === '') {
    const last = Math.min(Number(asked[2]), size);
    return last === 0 ? 'unsatisfiable' : { begin: size - last, end: size };
  }
  const begin = Number(asked[1]);
  const end = asked[2] === '' ? size : Math.min(Number(asked[2]) + 1, size);
  if (begin >= size) return 'unsatisfiable';
  return end <= begin ? 'whole' : { begin, end };
}

/** The answer to a request out of the whole file, with its part where one is asked for. */
export function answerFrom(file: Blob, headers: Headers, range: string | null): Response {
  const asked = rangeOf(range, file.size);
  headers.set('accept-ranges', 'bytes');
  if (asked === 'whole') {
    headers.set('content-length', String(file.size));
    return new Response(file, { headers });
  }
  if (asked === 'unsatisfiable') {
    headers.set('content-range', `bytes */${file.size}`);
    return new Response(null, { status: 416, headers });
  }
  const { begin, end } = asked;
  headers.set('content-range', `bytes ${begin}-${end - 1}/${file.size}`);
  headers.set('content-length', String(end - begin));
  return new Response(file.slice(begin, end), { status: 206, headers });
}
