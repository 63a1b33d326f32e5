import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';

/** The system's Chromium where there is one, else the browser that scripts/test.ts has installed. */
const system = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
const executablePath = process.env.CHROMIUM ?? system.find((path) => existsSync(path));
const port = Number(process.env.PORT ?? 4179);
const cores = availableParallelism();

/** Tests in which the model computes for long, and on every core it finds: whole files, and what is marked in others. */
const COMPUTING = /(engine|experiments|own-model|pools)\.spec\.ts|@computing/;

export default defineConfig({
  testDir: 'e2e',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // A page that is clicked through leaves half of a machine idle: one more test beside it fills that.
  workers: Math.max(2, cores),
  projects: [
    // Begun first, as it takes longest; two of these at once want four cores.
    { name: 'computing', grep: COMPUTING, workers: Math.max(1, Math.floor(cores / 2)) },
    { name: 'pages', grepInvert: COMPUTING },
  ],
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    // Pictures of every step are a sixth of the work: `--trace on` takes them, for who looks into a failure.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
    screenshot: 'only-on-failure',
    serviceWorkers: 'block', // they would keep 40 MB for every test; offline.spec.ts and privacy.spec.ts let them
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu', // without it every adapter is null where there is only software
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  webServer: {
    command: `npx vite preview --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false, // one left over would serve another build
  },
});
