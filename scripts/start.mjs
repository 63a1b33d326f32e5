/** `npm start`: builds the explorer, serves it on this machine only, and opens it. PORT and NO_OPEN are obeyed. */
import { spawn } from 'node:child_process';
import { build, preview } from 'vite';

const port = Number(process.env.PORT ?? 4173);

function openInBrowser(url) {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  // No desktop, no harm: the address is printed above.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

await build({ logLevel: 'warn' });
const server = await preview({ preview: { port, host: '127.0.0.1' } });
const url = server.resolvedUrls?.local[0] ?? `http://127.0.0.1:${port}/`;
console.log(`neuronlens is at ${url} (Ctrl-C ends it)`);
if (!process.env.NO_OPEN && !process.env.CI) openInBrowser(url);
