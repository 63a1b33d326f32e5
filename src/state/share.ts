import { shippedAnalysis } from './shipped.ts';
import { encodeView } from './urlCodec.ts';
import type { Theme, View } from './view.ts';

/** Links to a view for other people, as texts. */

/** The address of a page without what is after its #. */
const pageOf = (base: string): string => base.split('#', 1)[0]!;

/**
 * The address of a view, as others should open it: with everything around it, and nothing of how it is shown here.
 * @param base address of this page, with or without what is after #
 */
export const permalink = (view: View, base: string): string =>
  `${pageOf(base)}${encodeView({ ...view, embed: false, present: false })}`;

export interface EmbedSize {
  /** CSS pixels; kept within 200…4000. */
  readonly width: number;
  readonly height: number;
  /** As the page around it is, or one of the two always. */
  readonly theme: Theme;
  /** Says to who cannot see the frame what is in it. */
  readonly title: string;
}

/** What a frame in another page shows. */
export const embedAddress = (view: View, base: string, theme: Theme): string =>
  `${pageOf(base)}${encodeView({ ...view, embed: true, present: false, theme })}`;

/** HTML that shows the view inside another page, without what is around it. */
export function embedSnippet(view: View, base: string, size: EmbedSize): string {
  const attributes = [
    ['src', embedAddress(view, base, size.theme)],
    ['title', size.title],
    ['width', String(within(size.width))],
    ['height', String(within(size.height))],
    ['style', 'border: 0; max-width: 100%'],
    ['loading', 'lazy'],
    ['allow', 'fullscreen; clipboard-write; cross-origin-isolated'],
  ] as const;
  return `<iframe ${attributes.map(([name, value]) => `${name}="${escaped(value)}"`).join(' ')}></iframe>`;
}

const within = (pixels: number): number =>
  Number.isFinite(pixels) ? Math.max(200, Math.min(4000, Math.round(pixels))) : 800;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Where the page with a shipped neuron's preview lies, from the page's own folder. */
export const previewPath = (model: string, set: string, block: number, neuron: number): string =>
  `n/${model}/${set}/${block}/${neuron}.html`;

/**
 * The address of the small page that chats and feeds can preview, and that leads on to the neuron. Undefined where
 * there is none: previews are made of shipped neurons.
 */
export function previewLink(view: View, base: string): string | undefined {
  const { page, model, set, block, neuron, pack } = view;
  if (page !== 'neuron' || neuron === undefined || pack || !shippedAnalysis(model, set)) return undefined;
  return new URL(previewPath(model, set, block, neuron), pageOf(base)).href;
}

/** Whether the view is of something only this machine has, so that a link to it opens less elsewhere. */
export const leavesBehind = (view: View): boolean =>
  view.pack?.startsWith('local-') === true ||
  view.set === 'own' ||
  (view.page === 'image' && view.image.length > SET_IMAGE_DIGITS);

/** Numbers of a set's pictures have at most so many digits; names of own pictures more. */
const SET_IMAGE_DIGITS = 7;
