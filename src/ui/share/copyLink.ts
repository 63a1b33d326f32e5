import { useLens } from '../../state/index.ts';
import { permalink } from '../../state/share.ts';
import { decodeView } from '../../state/urlCodec.ts';
import type { View } from '../../state/view.ts';

/** Copies a text. False where the browser does not let this page write to the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

async function copyLink(view: View, what: string): Promise<void> {
  const { notify } = useLens.getState();
  const link = permalink(view, location.href);
  if (await copyText(link)) notify('info', `The link to ${what} is in the clipboard.`);
  else notify('error', `The browser did not let this page write to the clipboard; the link is ${link}`);
}

/** Copies a link to the view, or to it with some things other, and says so. */
export const copyLinkToView = (other: Partial<View> = {}, what = 'this view'): Promise<void> =>
  copyLink({ ...useLens.getState().view, ...other }, what);

/** Copies a link to what the focused link leads to, as a neuron of a list; else to the view. */
export function copyFocusedLink(): Promise<void> {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLAnchorElement) || !focused.hash.startsWith('#/')) return copyLinkToView();
  const name = (focused.getAttribute('aria-label') ?? focused.textContent ?? '').trim();
  return copyLink(decodeView(focused.hash).view, name === '' ? 'what has the focus' : `“${name}”`);
}
