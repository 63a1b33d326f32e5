import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { numberPictures, type PictureRecord } from '../../cli/bake/records.ts';
import { combineHashes } from '../../src/images/hash.ts';

const root = mkdtempSync(join(tmpdir(), 'neuronlens-records-'));
afterAll(() => rmSync(root, { recursive: true }));

const hashOf = (n: number): string => n.toString(16).padStart(64, '0');
let written = 0;
function write(records: readonly PictureRecord[]): string {
  const path = join(root, `${written++}.jsonl`);
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

it('numbers sound pictures by place, the same however they are shared out and given', async () => {
  const picture = fc.record({ part: fc.nat(3), shard: fc.nat(3), broken: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(picture, { minLength: 1, maxLength: 30 }), async (pictures) => {
      const sorted = [...pictures].sort((a, b) => a.part - b.part);
      const all = sorted.map(
        ({ part, broken }, i): PictureRecord => ({
          place: [part, i],
          name: `${i}`,
          ...(broken ? { reason: 'broken' } : { hash: hashOf(i) }),
        }),
      );
      const shards = [0, 1, 2, 3].map((shard) => all.filter((_, i) => sorted[i]!.shard === shard));
      const one = await numberPictures([write(all)], { keep: true });
      const many = await numberPictures(shards.map(write).reverse(), { keep: true });
      expect(many).toEqual({ ...one, numbers: many.numbers });
      expect(one.records).toEqual(all);
      expect(one.hash).toBe(await combineHashes(all.flatMap(({ hash }) => hash ?? [])));
      expect(one.count + one.skipped.length).toBe(all.length);
      const numbers = new Map(
        shards.flatMap((shard, s) => shard.map(({ name }, i) => [name, many.numbers[3 - s]![i]])),
      );
      expect(all.map(({ name }) => numbers.get(name))).toEqual([...one.numbers[0]!]);
    }),
    { numRuns: 50 },
  );
});

it('refuses damaged records, and the same place twice', async () => {
  const record: PictureRecord = { place: [0, 1], name: 'a.png', hash: hashOf(1) };
  const twice = numberPictures([write([record]), write([record])], { keep: false });
  await expect(twice).rejects.toMatchObject({
    tag: 'bad-file',
    message: expect.stringMatching(/a\.png is out of order/),
  });
  const cut = join(root, 'cut.jsonl');
  writeFileSync(cut, '{"place":[0,1],"na');
  await expect(numberPictures([cut], { keep: false })).rejects.toMatchObject({ tag: 'bad-file' });
});
