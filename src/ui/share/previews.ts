import { z } from 'zod';
import { previewLink } from '../../state/share.ts';
import type { View } from '../../state/view.ts';

/** Which analyses this server has preview pages of, as `<model>/<set>`; written beside them when the site is built. */
const previews = z.object({ analyses: z.array(z.string().max(300)).max(1000) });

/** Link to the page that chats and feeds can preview; undefined where this server has none of this view. */
export async function previewHere(view: View, signal: AbortSignal): Promise<string | undefined> {
  const link = previewLink(view, location.href);
  if (!link) return undefined;
  try {
    const answer = await fetch('previews.json', { signal });
    if (!answer.ok) return undefined;
    const { analyses } = previews.parse(await answer.json());
    return analyses.includes(`${view.model}/${view.set}`) ? link : undefined;
  } catch {
    return undefined; // offline, or a server that answers everything with its front page
  }
}
