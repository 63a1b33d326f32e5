/** What a person can do when the camera does not come. */
export function cameraTrouble(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'This page may not use the camera. Allow it in the browser’s settings for this page (the sign beside the address), then try again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No camera was found on this machine. Plug one in and try again, or choose a picture file.';
    case 'NotReadableError':
    case 'AbortError':
      return 'The camera is there but does not answer; another program may be using it. Close that one and try again.';
    default:
      return 'The browser gave no camera. Choose a picture file, or paste one.';
  }
}

/** Said where the browser offers no cameras at all: pages by http from another machine. */
export const NO_CAMERAS =
  'Browsers offer the camera only to pages that came by https or from this machine. Choose a picture file, or paste one.';
