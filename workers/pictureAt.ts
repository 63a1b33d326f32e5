import { isLensError, LensError } from '../src/errors.ts';
import { checkPictureBounds, MAX_PICTURE_BYTES } from '../src/images/bounds.ts';
import { HEADER_BYTES } from '../src/images/sniff.ts';
import type { JobOptions } from '../src/progress.ts';
import { download } from './download.ts';

/** As {@link ImageApi.pictureAt} of imageProtocol.ts says. */
export async function pictureAt(address: string, { signal, onProgress }: JobOptions): Promise<Blob> {
  const url = pictureUrl(address, globalThis.location?.protocol);
  const name = url.pathname.split('/').at(-1) || url.host;
  onProgress?.({ stage: `Asking ${url.host}`, done: 0, total: 0, unit: 'bytes' });
  try {
    const bytes = await download(url.href, {
      limit: MAX_PICTURE_BYTES,
      signal,
      stranger: true,
      onBytes: (done, total) =>
        onProgress?.({ stage: `Fetching from ${url.host}`, done, total: total ?? 0, unit: 'bytes' }),
    });
    const { format } = checkPictureBounds(name, bytes.length, bytes.subarray(0, HEADER_BYTES));
    return new Blob([bytes], { type: `image/${format}` });
  } catch (error) {
    throw inWords(error, url);
  }
}

/**
 * The address a person typed, as a URL.
 * @param page the protocol the page itself came by; browsers let a page of https ask none of http, but this machine
 * @throws LensError `bad-request` with what an address must be
 */
export function pictureUrl(address: string, page: string | undefined): URL {
  const text = address.trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new LensError(
      'bad-request',
      `“${text.slice(0, 80)}” is not the address of a picture: one begins with https://.`,
    );
  }
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (page === 'https:' && url.protocol === 'http:' && !local) {
    throw new LensError(
      'bad-request',
      'Browsers let this page, which came by https, fetch nothing by http. Try the address with https://, or save the picture and drop it in.',
    );
  }
  return url;
}

/** What a browser does not tell, a person can still act on. */
function inWords(error: unknown, { host }: URL): unknown {
  if (!isLensError(error)) return error;
  if (error.tag === 'unsupported') {
    const hint = 'Copy the address of the picture itself, not of the page that shows it.';
    return new LensError('unsupported', `${error.message} ${hint}`, { cause: error });
  }
  if (error.tag !== 'unavailable' || !(error.cause instanceof TypeError)) return error;
  return new LensError(
    'unavailable',
    `${host} did not hand the picture over: it cannot be reached, or it does not let other sites’ pages read its files (CORS). Save the picture and drop it in, or copy it and paste it here.`,
    { cause: error },
  );
}
