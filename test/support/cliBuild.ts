import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The command line as one script for Node. */
    cli: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Puts the command line together once for all tests that run it: a process that reads each source file anew takes
 * a second to start, and tests start more than a hundred.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'cli-'));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json')); // where the sources look for it
  const outDir = join(folder, 'cli');
  await buildCli(outDir);
  project.provide('cli', join(outDir, 'main.js'));
  project.onTestsRerun(() => buildCli(outDir));
  return () => rmSync(folder, { recursive: true, force: true });
}

async function buildCli(outDir: string): Promise<void> {
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: { ssr: 'cli/main.ts', outDir, emptyOutDir: true, target: 'node20' },
  });
}
