import type { Provenance } from '../../state/provenance.ts';

/** What stands below a figure: what it is and of what, then how it was made and where it is found again. */
export function captionOf(title: string, of: string, about: Provenance, note?: string): string[] {
  const { model, images, form, numbers, backend, precision, madeWith, software, permalink } = about;
  const where = [backend, precision].filter(Boolean).join(', ');
  const made = numbers === 'live' ? `computed where it was saved (${where})` : `computed with ${madeWith}`;
  return [
    [title, of, `${model.name} on ${images.name} (${images.count.toLocaleString('en-GB')} pictures)`].join(
      ' · ',
    ),
    [
      form === 'corrected' ? 'corrected form' : 'as in the released code',
      made,
      `saved with ${software}`,
    ].join(' · '),
    ...(note ? [note] : []),
    // Without the host: the same analysis stands on many.
    permalink.replace(/^[^#]*/, ''),
  ];
}
