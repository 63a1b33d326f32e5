import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madePictures, writeTree } from './bakePictures.ts';
import { filesBelow, killAt, seenAtCheckpoint, writeTinyModel } from './bakeRun.ts';
import { runCli } from './run.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-kill-'));
afterAll(() => rmSync(root, { recursive: true }));
const model = writeTinyModel(join(root, 'model'));
const pictures = join(root, 'pictures');
const out = (name: string): string => join(root, name);
const argv = (name: string, ...more: string[]) => [
  ...[
    'bake',
    '--model',
    model,
    '--images',
    pictures,
    '--top',
    '12',
    '--listed',
    '10',
    '--picture-size',
    '16',
  ],
  ...['--checkpoint-seconds', '0', '--threads', '1', '--out', out(name), ...more],
];
const COUNT = 260;

beforeAll(async () => {
  const names = Array.from({ length: COUNT }, (_, i) => `class-${i % 7}/${String(i).padStart(4, '0')}.png`);
  writeTree(pictures, await madePictures(names));
  writeTree(pictures, [
    ['class-2/broken.png', 'not a picture'],
    ['class-3/0003.png', readFileSync(join(pictures, 'class-3/0003.png')).subarray(0, 60)],
  ]);
  const { code, stderr } = await runCli(argv('whole'));
  expect([code, stderr]).toEqual([0, expect.stringMatching(/Wrote/)]);
}, 120_000);

const sameAsWhole = (name: string): void => {
  const [expected, found] = [filesBelow(out('whole')), filesBelow(out(name))];
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [path, bytes] of expected) expect([path, found.get(path)!.equals(bytes)]).toEqual([path, true]);
};

describe('a bake that is killed', { timeout: 240_000 }, () => {
  const work = (name: string, file: string) => join(`${out(name)}.checkpoint`, file);
  const moments: [string, (name: string) => boolean][] = [
    ['before its first checkpoint', (name) => existsSync(work(name, 'run.json'))],
    ['after the first', (name) => seenAtCheckpoint(out(name)) >= 32],
    ['in the middle', (name) => seenAtCheckpoint(out(name)) >= 128],
    ['when the sweep is over', (name) => existsSync(work(name, 'pictures.jsonl'))],
    ['in the later look', (name) => existsSync(work(name, 'later-10/later.json'))],
    ['while the pack is written', (name) => existsSync(work(name, 'pack'))],
  ];
  it.each(moments)('%s goes on and ends in the same bytes', async (moment, at) => {
    const name = moment.replaceAll(' ', '-');
    expect(await killAt(argv(name), () => at(name))).toBe(true);
    expect(existsSync(out(name))).toBe(false);
    const { code, stderr } = await runCli(argv(name));
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Going on with the unfinished run/)]);
    sameAsWhole(name);
    expect(existsSync(`${out(name)}.checkpoint`)).toBe(false);
  });

  it('while a checkpoint is written goes on from the one before', async () => {
    expect(await killAt(argv('torn'), () => seenAtCheckpoint(out('torn')) >= 96)).toBe(true);
    // Such a kill lasts too short to be met by watching; what it leaves is half a file beside the whole one.
    for (const file of readdirSync(`${out('torn')}.checkpoint`)) {
      const bytes = readFileSync(work('torn', file));
      writeFileSync(work('torn', `${file}.partial-0123abcd`), bytes.subarray(0, bytes.length >> 1));
    }
    expect((await runCli(argv('torn'))).code).toBe(0);
    sameAsWhole('torn');
    expect(existsSync(`${out('torn')}.checkpoint`)).toBe(false);
  });

  it('again and again goes on, too', async () => {
    let kills = 0;
    for (let seen = 32; seen < COUNT; seen += 32) {
      if (await killAt(argv('often'), () => seenAtCheckpoint(out('often')) >= seen)) kills++;
    }
    expect(kills).toBeGreaterThan(4);
    expect((await runCli(argv('often'))).code).toBe(0);
    sameAsWhole('often');
  });

  it('and asked for something else says so', async () => {
    expect(await killAt(argv('other'), () => seenAtCheckpoint(out('other')) >= 64)).toBe(true);
    const other = await runCli(argv('other', '--layers', '1'));
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(/holds an unfinished run with another choice of blocks; --fresh throws it away/),
    ]);
    const fresh = await runCli(argv('other', '--layers', '1', '--fresh'));
    expect([fresh.code, fresh.stderr]).toEqual([0, expect.not.stringMatching(/Going on/)]);
  });

  it('is not taken up while another process is at work on it', async () => {
    expect(await killAt(argv('twice'), () => seenAtCheckpoint(out('twice')) >= 64)).toBe(true);
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    writeFileSync(work('twice', 'process.json'), JSON.stringify({ pid: other.pid, host: hostname() }));
    const { code, stderr } = await runCli(argv('twice'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Process \d+ is at work on this run/)]);
    other.kill();
    await once(other, 'close');
    expect((await runCli(argv('twice'))).code).toBe(0);
    sameAsWhole('twice');
  });

  it('stopped with Ctrl-C keeps what is done', async () => {
    const stopped = await runCli(argv('stopped'), (_, kill) => kill('SIGINT'));
    expect(stopped.code).not.toBe(0);
    expect(existsSync(out('stopped'))).toBe(false);
  });

  it('notices a picture that changed meanwhile', async () => {
    expect(await killAt(argv('changed'), () => existsSync(work('changed', 'pictures.jsonl')))).toBe(true);
    const path = join(pictures, 'class-0/0000.png');
    const before = readFileSync(path);
    writeFileSync(path, readFileSync(join(pictures, 'class-1/0001.png')));
    const { code, stderr } = await runCli(argv('changed'));
    writeFileSync(path, before);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/class-0\/0000\.png changed while the analysis/),
    ]);
  });
});

it('lists what it leaves out, and numbers the rest without gaps', () => {
  const manifest = JSON.parse(readFileSync(join(out('whole'), 'pack.json'), 'utf8')) as {
    set: { count: number; skipped: number };
  };
  expect(manifest.set).toMatchObject({ count: COUNT - 1, skipped: 2 });
  expect(readFileSync(join(out('whole'), 'skipped.txt'), 'utf8').split('\n')).toEqual([
    expect.stringMatching(/^class-2\/broken\.png: .* is not a PNG/),
    expect.stringMatching(/^class-3\/0003\.png: .*could not be decoded/),
    '',
  ]);
  const index = JSON.parse(readFileSync(join(out('whole'), 'pictures', 'set.json'), 'utf8')) as {
    scenes: { caption: string }[];
  };
  expect(index.scenes).toHaveLength(COUNT - 1);
  expect(index.scenes[0]!.caption).toBe('class-0/0000.png');
});
