import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { headersFor, PAGE_POLICY, STYLE_HASHES, typeOf, WORKER_POLICY } from '../../src/offline/headers.ts';

const rule = (policy: string, name: string): string =>
  policy
    .split('; ')
    .find((part) => part.startsWith(`${name} `))!
    .slice(name.length + 1);

test('the page talks to its own server only, and runs no text as script', () => {
  expect(rule(PAGE_POLICY, 'default-src')).toBe("'none'");
  expect(rule(PAGE_POLICY, 'script-src')).toBe("'self'");
  expect(rule(PAGE_POLICY, 'connect-src')).toBe("'self' blob: data:");
  expect(`${PAGE_POLICY} ${WORKER_POLICY}`).not.toMatch(/'unsafe-(inline|eval|hashes)'|\*/);
});

test('only workers may compile WASM and ask other servers', () => {
  expect(rule(WORKER_POLICY, 'script-src')).toBe("'self' 'wasm-unsafe-eval'");
  expect(rule(WORKER_POLICY, 'connect-src')).toContain('https:');
});

test('page and workers are isolated, each with its policy; other files carry neither', () => {
  expect(headersFor('index.html')).toMatchObject({
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Content-Security-Policy': PAGE_POLICY,
  });
  const worker = headersFor('assets/worker/lens.worker-abc.js');
  expect(worker).toMatchObject({
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Content-Security-Policy': WORKER_POLICY,
  });
  expect(Object.keys(headersFor('assets/index-abc.js'))).toEqual(['X-Content-Type-Options']);
});

test('files are what their names say', () => {
  expect(typeOf('assets/ort.wasm')).toBe('application/wasm');
  expect(typeOf('assets/ort-abc.packed')).toBe('application/octet-stream');
  expect(typeOf('packs/p/block-0.safetensors')).toBe('application/octet-stream');
});

/** The sheets that react-aria writes into pages, out of its own source. */
test.each([
  ['interactions/usePress.mjs', 0],
  ['overlays/usePreventScroll.mjs', 1],
])('the style of react-aria in %s is the one that is let in', (file, index) => {
  const source = readFileSync(`node_modules/react-aria/dist/private/${file}`, 'utf8');
  const written = /style\.textContent = `([^`]*)`\.trim\(\)/.exec(source)?.[1];
  const text = written!.replace(/\$\{[^}]*PRESSABLE_ATTRIBUTE\}/, 'data-react-aria-pressable').trim();
  expect(`sha256-${createHash('sha256').update(text).digest('base64')}`).toBe(STYLE_HASHES[index]);
});
