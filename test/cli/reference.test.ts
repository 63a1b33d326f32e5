import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mapFiles, openPack } from '../../src/pack/index.ts';
import { readNpy } from '../support/npy.ts';
import { packFolder } from '../support/packFolder.ts';
import { describeWithShared, sharedPath } from '../support/shared.ts';
import { runCli } from './run.ts';

const small = (name: string) => sharedPath('reference', 'small', name);

/** Largest difference over largest reference value. */
function deviation(ours: Float32Array, theirs: Float32Array): number {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < theirs.length; i++) {
    difference = Math.max(difference, Math.abs(ours[i]! - theirs[i]!));
    scale = Math.max(scale, Math.abs(theirs[i]!));
  }
  return difference / scale;
}

const row = (matrix: Float32Array, columns: number, n: number) =>
  matrix.subarray(n * columns, (n + 1) * columns);

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}

/** Same texts chosen, and coefficients (times `sign`) within 1e-3 of the largest. */
function sameCode(ours: Float32Array, theirs: Float32Array, sign: number): boolean {
  const scale = theirs.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return theirs.every(
    (value, i) => (value !== 0) === (ours[i] !== 0) && Math.abs(value - sign * ours[i]!) <= 1e-3 * scale,
  );
}

describeWithShared('analyze agrees with the released code', () => {
  let root = '';
  const ours = (name: string) => readNpy(join(root, 'out', `${name}.npy`));
  const theirs = (name: string) => readNpy(small(`${name}.npy`));

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'neuronlens-cli-'));
    const { code, stderr } = await runCli([
      ...[
        'analyze',
        '--model',
        small('').replace(/\/$/, ''),
        '--images',
        small('images'),
        '--layers',
        '0,1,2',
      ],
      ...['--texts', small('text_pool.npy'), '--terms', '4,16', '--top', '100', '--effects', '8'],
      ...['--out', join(root, 'out')],
    ]);
    expect(stderr).toMatch(/Wrote /);
    expect(code).toBe(0);
  }, 120_000);
  afterAll(() => rm(root, { recursive: true }));

  it('writes every array the reference has, in its shape', () => {
    const written = readdirSync(join(root, 'out')).filter((name) => name.endsWith('.npy'));
    expect(written.length).toBe(1 + 3 * 8);
    for (const name of written) {
      expect([name, readNpy(join(root, 'out', name)).shape]).toEqual([name, readNpy(small(name)).shape]);
    }
  });

  it('embeddings', () => {
    expect(deviation(ours('image_embeddings').data, theirs('image_embeddings').data)).toBeLessThan(1e-4);
  });

  it.each([0, 1, 2])('block %i: effects, means, norms, thresholds', (block) => {
    for (const name of ['effects_first8', 'mean', 'norms', 'threshold']) {
      const array = `layer${block}_${name}`;
      expect([array, deviation(ours(array).data, theirs(array).data) < 1e-4]).toEqual([array, true]);
    }
  });

  it.each([0, 1, 2])('block %i: directions and variance shares', (block) => {
    const [a, b] = [ours(`layer${block}_pc`), theirs(`layer${block}_pc`)];
    const shares = theirs(`layer${block}_pc_variance_share`).data;
    const [neurons, dim] = b.shape as [number, number];
    let compared = 0;
    for (let n = 0; n < neurons; n++) {
      if (shares[n]! <= 0.3) continue;
      compared++;
      expect(Math.abs(cosine(row(a.data, dim, n), row(b.data, dim, n)))).toBeGreaterThan(0.9999);
    }
    expect(compared).toBeGreaterThan(0);
    expect(deviation(ours(`layer${block}_pc_variance_share`).data, shares)).toBeLessThan(1e-4);
  });

  // Where exactly half of the top 100 project positively the sign rule is silent, and code and direction
  // may both point the other way; elsewhere they do not.
  it.each([0, 1, 2])('block %i: sparse codes', (block) => {
    const pcs = [ours(`layer${block}_pc`).data, theirs(`layer${block}_pc`).data] as const;
    for (const terms of [4, 16]) {
      const name = `layer${block}_omp${terms}_coefficients`;
      const [a, b] = [ours(name), theirs(name)];
      const [neurons, texts] = b.shape as [number, number];
      const dim = pcs[1].length / neurons;
      const same = Array.from({ length: neurons }, (_, n) => {
        const sign = Math.sign(cosine(row(pcs[0], dim, n), row(pcs[1], dim, n)));
        return sameCode(row(a.data, texts, n), row(b.data, texts, n), sign);
      });
      expect(same.filter(Boolean).length / neurons).toBeGreaterThanOrEqual(0.99);
    }
  });

  it('says how the numbers were made', () => {
    const summary = JSON.parse(readFileSync(join(root, 'out', 'summary.json'), 'utf8'));
    expect(summary).toMatchObject({
      software: { name: 'neuronlens' },
      parameters: {
        layers: [0, 1, 2],
        top: 100,
        topFraction: 0.625,
        effects: 8,
        terms: [4, 16],
        atoms: 'as-released',
      },
      images: { count: 160, skipped: [] },
      texts: { count: 400 },
      backend: { provider: 'cpu' },
    });
    expect(summary.model.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(summary.layers[1].meanR2['16']).toBeGreaterThan(summary.layers[1].meanR2['4']);
  });

  it('refuses to write over it, replaces it when forced, and leaves nothing when stopped', async () => {
    const argv = ['analyze', '--model', small(''), '--images', small('images'), '--out', join(root, 'out')];
    const refused = await runCli(argv);
    expect(refused.code).toBe(2);
    expect(existsSync(join(root, 'out', 'layer1_pc.npy'))).toBe(true);

    let asked = false; // once: a second Ctrl-C would cut the farewell short
    const stopped = await runCli([...argv, '--force'], (text, kill) => {
      if (!asked && /Checking pictures/.test(text)) kill('SIGINT');
      asked ||= /Checking pictures/.test(text);
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/neuronlens: Stopped; nothing was written\.\n$/);
    expect(existsSync(join(root, 'out', 'layer1_pc.npy'))).toBe(true);

    const fewer = ['--force', '--layers', '2', '--effects', '0', '--top', '10', '--activations'];
    const forced = await runCli([...argv, ...fewer]);
    expect(forced.code).toBe(0);
    const [norms, activations] = [ours('layer2_norms'), ours('layer2_activations')];
    expect(activations.shape).toEqual(norms.shape);
    for (const [i, x] of activations.data.entries()) {
      if (Math.abs(x) > norms.data[i]! * (1 + 1e-4)) throw new Error(`|x| ${x} exceeds ${norms.data[i]}`);
    }
    expect(readdirSync(root)).toEqual(['out']);
    expect(existsSync(join(root, 'out', 'layer1_pc.npy'))).toBe(false);
    expect(existsSync(join(root, 'out', 'layer2_pc.npy'))).toBe(true);
  });

  it('bakes a pack of the same numbers', async () => {
    const { code } = await runCli([
      ...['bake', '--model', small(''), '--images', small('images'), '--layers', '2', '--listed', '12'],
      ...['--out', join(root, 'pack')],
    ]);
    expect(code).toBe(0);
    const pack = await openPack(mapFiles(packFolder(join(root, 'pack'))));
    expect(pack.manifest).toMatchObject({
      model: { name: 'small' },
      set: { name: 'images', count: 160 },
      options: { topK: 100, fraction: 0.625, listed: 12 },
    });
    const [overview, detail] = [await pack.overview(2), await pack.detail(2)];
    expect(deviation(detail.means, theirs('layer2_mean').data)).toBeLessThan(1e-4);
    expect(deviation(overview.thresholds, theirs('layer2_threshold').data)).toBeLessThan(1e-4);
    expect(Math.min(...overview.positiveShare)).toBeGreaterThanOrEqual(0.5);
  });
});

const publicFolder = fileURLToPath(new URL('../../public/', import.meta.url));

describeWithShared('the shipped model', () => {
  it('brings its text tower to a pack', async () => {
    const root = await mkdtemp(join(tmpdir(), 'neuronlens-cli-'));
    await writeFile(join(root, 'words.txt'), 'cat\ndog\nsnowman\n');
    const { code, stderr } = await runCli([
      ...['bake', '--model', join(publicFolder, 'models', 'pictogram-clip'), '--images', small('images')],
      ...['--layers', '4', '--top', '20', '--texts', join(root, 'words.txt'), '--out', join(root, 'pack')],
    ]);
    expect([stderr, code]).toEqual([expect.stringMatching(/Wrote /), 0]);
    const pack = await openPack(mapFiles(packFolder(join(root, 'pack'))));
    const texts = await pack.texts();
    expect(texts?.words).toEqual(['cat', 'dog', 'snowman']);
    const { dim } = pack.manifest.model.config;
    const length = Math.hypot(...row(texts?.embeddings ?? new Float32Array(), dim, 2));
    expect(length).toBeCloseTo(1, 3);
    await rm(root, { recursive: true });
  });
});
