import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HtmlTagDescriptor, Plugin } from 'vite';
import {
  headersFor,
  ISOLATION,
  PAGE_POLICY,
  WORKER_FOLDER,
  WORKER_POLICY,
} from '../../src/offline/headers.ts';

/**
 * Asked for by every visit before anything can be shown, so the browser is told with the page itself. In the order
 * of use: the first block's numbers, then where the pictures are.
 */
const FIRST_FILES = [
  'packs/pictograms/pack.json',
  'packs/pictograms/block-0.overview.safetensors',
  'sets/pictograms/set.json',
];

/** The page's policy in the page itself, for hosts that send no headers, and as files and headers for those that do. */
export function hostHeaders(): Plugin {
  let folder = '';
  return {
    name: 'neuronlens-headers',
    configResolved({ root, build: { outDir } }) {
      folder = resolve(root, outDir);
    },
    transformIndexHtml: {
      order: 'post',
      // The development server puts scripts of its own into the page.
      handler: (_, { server }) => (server ? [] : [policyTag, ...FIRST_FILES.map(preloadTag)]),
    },
    closeBundle() {
      if (this.environment.config.command === 'build') writeFileSync(join(folder, '_headers'), headersFile());
    },
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const path = new URL(request.url ?? '/', 'http://host').pathname.slice(1) || 'index.html';
        for (const [name, value] of Object.entries(headersFor(path))) response.setHeader(name, value);
        next();
      });
    },
  };
}

const policyTag: HtmlTagDescriptor = {
  tag: 'meta',
  attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY },
  injectTo: 'head-prepend',
};

const preloadTag = (file: string): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { rel: 'preload', as: 'fetch', crossorigin: true, href: `./${file}` },
  injectTo: 'head',
});

/** For hosts that read a file `_headers` (Netlify, Cloudflare Pages and others). docs/host.md has other servers. */
function headersFile(): string {
  const rules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    '/*': { ...ISOLATION, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' },
    '/': { 'Content-Security-Policy': PAGE_POLICY },
    '/index.html': { 'Content-Security-Policy': PAGE_POLICY },
    [`/${WORKER_FOLDER}*`]: { 'Content-Security-Policy': WORKER_POLICY },
    '/assets/*': { 'Cache-Control': 'public, max-age=31536000, immutable' },
    '/sw.js': { 'Cache-Control': 'no-cache' },
  };
  return Object.entries(rules)
    .map(([path, headers]) =>
      [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`), ''].join('\n'),
    )
    .join('\n');
}
