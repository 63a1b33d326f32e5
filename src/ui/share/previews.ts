import { z } from 'zod';
import { previewLink } from '../../state/share.ts';
import type { View } from '../../state/view.ts';

/** Of which analysis this server has preview pages; written beside them by scripts/previews.ts. */
const previews = z.object({ model: z.string(), set: z.string() });

/** Link to the page that chats and feeds can preview; undefined where this server has none of this view. */
export async function previewHere(view: View, signal: AbortSignal): Promise<string | undefined> {
  const link = previewLink(view, location.href);
  if (!link) return undefined;
  try {
    const answer = await fetch('previews.json', { signal });
    if (!answer.ok) return undefined;
    const { model, set } = previews.parse(await answer.json());
    if (model !== view.model || set !== view.set) return undefined;
    const page = await fetch(link, { method: 'HEAD', signal }); // they may have been made of some neurons only
    return page.ok ? link : undefined;
  } catch {
    return undefined; // offline, or a server that answers everything with its front page
  }
}
