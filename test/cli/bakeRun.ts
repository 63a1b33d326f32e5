import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { configJson } from '../../src/clip/configJson.ts';
import { randomCheckpoint, TINY_VISION } from '../support/randomClip.ts';

/** A folder with a random image tower: 4 blocks of 24 neurons, pictures of 16 pixels. */
export function writeTinyModel(folder: string, seed = 1): string {
  mkdirSync(folder);
  const config = { vision: TINY_VISION, dim: 10 };
  writeFileSync(join(folder, 'model.safetensors'), randomCheckpoint(config, seed));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(configJson(config)));
  writeFileSync(
    join(folder, 'preprocessor_config.json'),
    JSON.stringify({ crop_size: 16, size: { shortest_edge: 16 }, do_resize: true }),
  );
  return folder;
}

/**
 * Runs the command line and kills it with SIGKILL as soon as `moment` is true.
 * @returns whether it was killed before it ended
 */
export function killAt(argv: readonly string[], moment: () => boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [inject('cli'), ...argv], { stdio: 'ignore' });
    const timer = setInterval(() => {
      if (!moment()) return;
      clearInterval(timer);
      child.kill('SIGKILL');
    }, 2);
    child.on('error', reject);
    child.on('close', (_, signal) => {
      clearInterval(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

/** Every file below a folder, by path. */
export function filesBelow(folder: string, below = ''): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(join(folder, below)).sort()) {
    const path = join(below, name);
    if (statSync(join(folder, path)).isDirectory()) {
      for (const [inner, bytes] of filesBelow(folder, path)) files.set(inner, bytes);
    } else files.set(path, readFileSync(join(folder, path)));
  }
  return files;
}

/** Pictures that a run under work has seen at its last checkpoint; −1 before the first. */
export function seenAtCheckpoint(out: string): number {
  try {
    return (JSON.parse(readFileSync(join(`${out}.checkpoint`, 'sweep.json'), 'utf8')) as { visits: number })
      .visits;
  } catch {
    return -1;
  }
}
