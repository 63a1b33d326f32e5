import { INDEX } from './release.ts';

/**
 * Cross-origin isolation gives WASM its threads. `require-corp` and not `credentialless`: Safari knows only the
 * first, and this page loads nothing from elsewhere that would need the second (what a person asks for by its address
 * comes by CORS, which both let through).
 */
export const ISOLATION: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Scripts that workers are made of lie here, so that a host can give them a policy of their own. */
export const WORKER_FOLDER = 'assets/worker/';

const policy = (rules: Readonly<Record<string, string>>): string =>
  Object.entries(rules)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');

/**
 * react-aria writes two sheets into the page: which gestures a pressable element leaves to the browser, and that the
 * page behind a dialogue does not scroll on an iPad. No other style in the text of a page is let in; styles that
 * scripts set on elements are not text and need no leave. test/offline/headers.test.ts fails when they change.
 */
export const STYLE_HASHES = [
  'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=',
  'sha256-gYiS/BvZvRcK27JIXTuwhZ3hs2+VJ1X+2gUlE+farlg=',
];

/**
 * The page talks to its own server only. It may run no text as script and no WASM: that is for the workers. Who may
 * show it in a frame is not limited, as being embedded is one of its uses.
 */
export const PAGE_POLICY = policy({
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': `'self' ${STYLE_HASHES.map((hash) => `'${hash}'`).join(' ')}`,
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob:",
  'font-src': "'self'",
  'connect-src': "'self' blob: data:",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'frame-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
});

/**
 * The workers fetch what a person asks for by its address, from any server; http as well, for servers in the same
 * laboratory (a page that came by https cannot use them in any case). They run no text as script either.
 */
export const WORKER_POLICY = policy({
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'connect-src': "'self' https: http: blob: data:",
  'object-src': "'none'",
  'base-uri': "'none'",
});

/** The headers of a file of ours beyond its type; the page's policy stands in the page too, for hosts without headers. */
export function headersFor(path: string): Readonly<Record<string, string>> {
  const all = { 'X-Content-Type-Options': 'nosniff' };
  if (path === INDEX) {
    // Pages that are isolated themselves may show this one in a frame.
    const shown = { 'Cross-Origin-Resource-Policy': 'cross-origin' };
    return { ...all, ...ISOLATION, ...shown, 'Content-Security-Policy': PAGE_POLICY };
  }
  if (!path.startsWith(WORKER_FOLDER) || !path.endsWith('.js')) return all;
  return {
    ...all,
    'Cross-Origin-Embedder-Policy': ISOLATION['Cross-Origin-Embedder-Policy']!,
    'Content-Security-Policy': WORKER_POLICY,
  };
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  txt: 'text/plain; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
};

/** What a file is, by its name: hosts differ, and a script of another type would not run. */
export const typeOf = (path: string): string =>
  TYPES[path.split('.').at(-1)!.toLowerCase()] ?? 'application/octet-stream';
