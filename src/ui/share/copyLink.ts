import { useLens } from '../../state/index.ts';
import { permalink } from '../../state/share.ts';
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

/** Copies a link to the view, or to it with some things other, and says so. */
export async function copyLinkToView(other: Partial<View> = {}, what = 'this view'): Promise<void> {
  const { view, notify } = useLens.getState();
  const link = permalink({ ...view, ...other }, location.href);
  if (await copyText(link)) notify('info', `The link to ${what} is in the clipboard.`);
  else notify('error', `The browser did not let this page write to the clipboard; the link is ${link}`);
}
