import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bake as bakeCommand } from '../../cli/bake/bake.ts';
import { merge as mergeCommand } from '../../cli/bake/merge.ts';
import type { BlockDetail } from '../../src/lens/blockSummary.ts';
import { mapFiles, openPack, type Pack } from '../../src/pack/index.ts';
import { madePictures, writeTars, writeTree } from './bakePictures.ts';
import { filesBelow, killAt, seenAtCheckpoint, writeTinyModel } from './bakeRun.ts';
import { quietly } from './quietly.ts';
import { runCli } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-shards-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string): string => join(root, name);
const model = writeTinyModel(at('model'));
const [folder, tars] = [at('folder'), at('tars')];
const SHARDS = 3;
const COUNT = 210;

beforeAll(async () => {
  const names = Array.from({ length: COUNT }, (_, i) => `c${i % 5}/${String(i).padStart(4, '0')}.png`).sort();
  const files = await madePictures(names);
  files.set('c2/0002.png', Buffer.from('no picture'));
  writeTree(folder, files);
  writeTars(tars, files, 70);
}, 120_000);

const bake = (pictures: string, out: string, ...more: string[]) => [
  ...['bake', '--model', model, '--images', pictures, '--top', '12', '--threads', '1'],
  ...['--out', at(out), ...more],
];
const done = async (argv: readonly string[]): Promise<string> => {
  const { code, stderr } = await runCli(argv);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/Wrote/)]);
  return stderr;
};
const open = (name: string): Promise<Pack> => openPack(mapFiles(filesBelow(at(name))));

/** The largest difference of two arrays, as a share of the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [largest, most] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]!));
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
  }
  return most / largest;
}

/** Histograms are of as many pictures, and hardly any stands at the edge of a bin. */
function expectSameCounts(a: BlockDetail, b: BlockDetail): void {
  const sum = (counts: Int32Array) => counts.reduce((all, count) => all + count, 0);
  expect(sum(b.histogramCounts)).toBe(sum(a.histogramCounts));
  const moved = a.histogramCounts.reduce((all, count, i) => all + Math.abs(count - b.histogramCounts[i]!), 0);
  expect(moved).toBeLessThan(1e-3 * sum(a.histogramCounts));
}

async function expectSame(one: Pack, other: Pack): Promise<void> {
  expect(other.manifest.set).toEqual(one.manifest.set);
  expect(other.manifest.options).toEqual(one.manifest.options);
  for (const { block } of one.manifest.blocks) {
    const [a, b] = [await one.detail(block), await other.detail(block)];
    expect(b.topImages).toEqual(a.topImages);
    expect(difference(a.means, b.means)).toBeLessThan(1e-5);
    expect(difference(a.directions, b.directions)).toBeLessThan(1e-4);
    expect(difference(a.positiveActivations, b.positiveActivations)).toBeLessThan(1e-4);
    expect(b.positiveImages).toEqual(a.positiveImages);
    expect(b.negativeImages).toEqual(a.negativeImages);
    expectSameCounts(a, b);
    const facts = (pack: Pack) => pack.manifest.blocks.find((each) => each.block === block);
    expect(facts(other)).toMatchObject({ looked: facts(one)!.looked, uncertified: 0 });
    const [x, y] = [await one.overview(block), await other.overview(block)];
    expect(difference(x.typicalNorm, y.typicalNorm)).toBeLessThan(1e-5);
    expect(difference(x.thresholds, y.thresholds)).toBeLessThan(1e-5);
  }
}

describe('shards', () => {
  it('merge to what one run gives, one of them killed and started again, in any order', async () => {
    const told = await done(bake(folder, 'one'));
    const { backend } = (await open('one')).manifest; // where it ran, and if on the processor, why
    if (backend.provider === 'cpu') expect(told.split(backend.fallbackReason!)).toHaveLength(2);
    const states = [0, 1, 2].map((i) => at(`state-${i}`));
    const shard = (i: number) =>
      bake(folder, `state-${i}`, '--shard', `${i}/${SHARDS}`, '--checkpoint-seconds', '0');
    const killed = killAt(shard(1), () => seenAtCheckpoint(at('state-1')) >= 32);
    await Promise.all([done(shard(0)), done(shard(2)), killed]);
    expect([await killed, existsSync(states[1]!)]).toEqual([true, false]);
    const merge = (order: number[], out: string, ...more: string[]) => [
      'merge',
      ...order.map((i) => states[i]!),
      '--model',
      model,
      '--threads',
      '1',
      '--out',
      at(out),
      ...more,
    ];
    const early = await runCli(merge([0, 2], 'early'));
    expect([early.code, early.stderr]).toEqual([
      2,
      expect.stringMatching(/Of 3 shards .* one is missing: 1\./),
    ]);
    expect(await done(shard(1))).toMatch(/Going on/);
    expect((await runCli(shard(1))).stderr).toMatch(/is finished already/);

    await done(merge([2, 0, 1], 'merged', '--images', folder));
    await done(merge([0, 1, 2], 'again', '--images', folder));
    await expectSame(await open('one'), await open('merged'));
    const [a, b] = [filesBelow(at('merged')), filesBelow(at('again'))];
    expect([...a.keys()]).toEqual([...b.keys()]);
    for (const [name, bytes] of a) expect([name, bytes.equals(b.get(name)!)]).toEqual([name, true]);
    expect([...a.keys()]).toEqual([...filesBelow(at('one')).keys()]);

    await done(merge([0, 1, 2], 'without'));
    const without = await open('without');
    const { block } = without.manifest.blocks[0]!;
    expect((await without.detail(block)).topImages).toEqual(
      (await (await open('one')).detail(block)).topImages,
    );
    expect(existsSync(at('without/pictures'))).toBe(false);

    const foreign = writeTinyModel(at('foreign'), 2);
    const other = ['merge', ...states, '--model', foreign, '--out', at('x')];
    expect((await runCli(other)).stderr).toMatch(/made with another model than .*foreign/);
    const wrong = await runCli(merge([0, 1, 2], 'x', '--images', tars));
    expect(wrong.stderr).toMatch(/holds other pictures than the shards were made of/);
  }, 240_000);

  it('look later in shares, one of them killed and started again, for what one run gives', async () => {
    const states = [0, 1, 2].map((i) => at(`state-${i}`));
    const rest = ['--model', model, '--threads', '1'];
    await done(['merge', ...states, ...rest, '--unsettled', '--out', at('unsettled')]);
    const look = (i: number) => [
      ...['bake', '--model', model, '--images', folder, '--threads', '1', '--settle', at('unsettled')],
      ...['--shard', `${i}/2`, '--checkpoint-seconds', '0', '--out', at(`look-${i}`)],
    ];
    const kill = () => existsSync(at('look-1.checkpoint/later.json'));
    const [, killed] = await Promise.all([done(look(0)), killAt(look(1), kill)]);
    expect([killed, existsSync(at('look-1'))]).toEqual([true, false]);
    const merge = (out: string, ...looks: string[]) => ['merge', ...looks.map(at), ...rest, '--out', at(out)];
    const early = await runCli(merge('x', 'unsettled', 'look-0'));
    expect(early.stderr).toMatch(/Of 2 shards .* one is missing: 1\./);
    expect(await done(look(1))).toMatch(/Going on/);
    expect((await runCli(look(1))).stderr).toMatch(/is finished already/);
    const unbroken = look(1).with(-1, at('unbroken'));
    await done(unbroken);
    for (const [name, bytes] of filesBelow(at('unbroken')))
      expect([name, bytes.equals(filesBelow(at('look-1')).get(name)!)]).toEqual([name, true]);

    await done(merge('in-shares', 'look-1', 'unsettled', 'look-0'));
    await expectSame(await open('one'), await open('in-shares'));
    await done([...merge('with-pictures', 'look-0', 'look-1', 'unsettled'), '--images', folder]);
    expect([...filesBelow(at('with-pictures')).keys()]).toEqual([...filesBelow(at('one')).keys()]);
    await done([...merge('in-one', 'unsettled'), '--images', folder]);
    await expectSame(await open('one'), await open('in-one'));
    await done([...merge('settled', 'look-0', 'look-1', 'unsettled'), '--unsettled']);
    expect((await runCli(look(0).with(-1, at('y')).with(8, at('settled')))).stderr).toMatch(
      /Nothing is open/,
    );

    const refusals: [string[], RegExp][] = [
      [merge('x', 'look-0', 'look-1'), /is a later look: give the folder it settles/],
      [merge('x', 'unsettled', 'state-0'), /state-0 is in .*unsettled already/],
      [merge('x', 'settled', 'look-0', 'look-1'), /look-0 settles another folder than .*settled/],
      [[...merge('x', 'unsettled'), '--unsettled'], /is unsettled as it is/],
      [[...look(0).with(-1, at('x')), '--top', '9'], /--top and --layers are those of/],
      [look(0).with(-1, at('x')).with(4, tars), /was made of other pictures than tars holds/],
      [look(0).with(-1, at('x')).with(8, at('state-0')), /is not what merge --unsettled writes/],
    ];
    for (const [[name, ...argv], sentence] of refusals) {
      const refused = quietly(name === 'merge' ? mergeCommand : bakeCommand, argv);
      await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(sentence) });
    }
    cpSync(at('look-0'), at('torn'), { recursive: true });
    writeFileSync(
      at('torn/block-1.found.safetensors'),
      readFileSync(at('look-0/block-1.found.safetensors')).subarray(0, 900),
    );
    await expect(quietly(mergeCommand, merge('x', 'unsettled', 'torn', 'look-1').slice(1))).rejects.toThrow(
      /torn is damaged/,
    );
  }, 240_000);

  it('of tar files merge, too, of one more kind each', async () => {
    await done(bake(tars, 'tars-one', '--no-pictures'));
    for (let i = 0; i < 2; i++) await done(bake(tars, `tars-${i}`, '--shard', `${i}/2`));
    const argv = ['merge', at('tars-1'), at('tars-0'), '--model', model, '--images', tars, '--no-pictures'];
    await done([...argv, '--set-name', 'tars', '--threads', '1', '--out', at('tars-merged')]);
    await expectSame(await open('tars-one'), await open('tars-merged'));
    expect((await open('tars-one')).manifest.set.hash).toBe((await open('one')).manifest.set.hash);
  }, 240_000);

  it('that do not belong together, or are damaged, are refused in sentences', async () => {
    const merge = (...states: string[]) =>
      runCli(['merge', ...states.map(at), '--model', model, '--out', at('refused')]);
    const changed = (
      name: string,
      change: (run: { shard: object; options: object; input: object }) => void,
    ) => {
      cpSync(at('state-1'), at(name), { recursive: true });
      const run = JSON.parse(readFileSync(at(`${name}/run.json`), 'utf8'));
      change(run);
      writeFileSync(at(`${name}/run.json`), JSON.stringify(run));
      return name;
    };
    const cases: [string[], RegExp][] = [
      [['state-0', 'state-1', 'state-0'], /are both shard 0 of 3: give one/],
      [['state-0'], /2 are missing: 1, 2\./],
      [['state-0', 'folder'], /folder is no state folder of bake --shard/],
      [
        ['state-0', changed('top', (run) => Object.assign(run.options, { top: 9 }))],
        /another size of top sets/,
      ],
      [
        ['state-0', changed('set', (run) => Object.assign(run.input, { listing: 'a'.repeat(64) }))],
        /another image set/,
      ],
      [['state-0', changed('of', (run) => Object.assign(run.shard, { of: 4 }))], /another number of shards/],
      [
        ['state-0', changed('odd', (run) => Object.assign(run, { shard: 'no' }))],
        /run\.json is not what bake writes/,
      ],
    ];
    for (const [states, sentence] of cases) {
      const { code, stderr } = await merge(...states);
      expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
      expect(stderr).toMatch(/^neuronlens: [^\n]+\.\n$/);
    }
    const cut = changed('cut', () => {});
    const state = at(`${cut}/block-1.safetensors`);
    writeFileSync(state, readFileSync(state).subarray(0, 999));
    expect((await merge('state-0', cut, 'state-2')).stderr).toMatch(/cut is damaged .*make that shard again/);
    rmSync(state);
    expect((await merge('state-0', cut, 'state-2')).stderr).toMatch(/is incomplete: block-1\.safetensors/);
    expect(existsSync(at('refused'))).toBe(false);
  }, 120_000);
});
