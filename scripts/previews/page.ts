/** What the page behind a shared link says of a neuron. */
export interface PreviewWords {
  readonly title: string;
  readonly description: string;
  /** Of this page, absolute: what counts as its one address. */
  readonly address: string;
  /** Of its picture, absolute, and the picture's size. */
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  /** Where the neuron is in the explorer, from this page. */
  readonly forward: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As text of a page or in an attribute between quotes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);

/**
 * A page that tells chats and feeds what a link is about, and leads people on at once: they read the explorer's own
 * page, which a fragment of an address could not be previewed for. It runs no script.
 */
export function previewPage(words: PreviewWords): string {
  const { title, description, address, picture, width, height, forward } = words;
  const meta = (name: string, content: string | number): string => {
    const key = name.startsWith('twitter:') || name === 'description' ? 'name' : 'property';
    return `<meta ${key}="${name}" content="${escaped(String(content))}">`;
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
${meta('description', description)}
<link rel="canonical" href="${escaped(address)}">
${meta('og:type', 'website')}
${meta('og:site_name', 'neuronlens')}
${meta('og:url', address)}
${meta('og:title', title)}
${meta('og:description', description)}
${meta('og:image', picture)}
${meta('og:image:type', 'image/jpeg')}
${meta('og:image:width', width)}
${meta('og:image:height', height)}
${meta('og:image:alt', description)}
${meta('twitter:card', 'summary_large_image')}
${meta('twitter:title', title)}
${meta('twitter:description', description)}
${meta('twitter:image', picture)}
<meta http-equiv="refresh" content="0; url=${escaped(forward)}">
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(description)}</p>
<p><a href="${escaped(forward)}">Look at it in neuronlens</a></p>
</body>
</html>
`;
}
