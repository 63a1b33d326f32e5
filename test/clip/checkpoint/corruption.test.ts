import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOnnxModel } from '../../../src/clip/checkpoint/onnx/model.ts';
import { readCheckpoint } from '../../../src/clip/checkpoint/read-checkpoint.ts';
import { imageTowerGraph } from '../../../src/clip/graph/imageTower.ts';
import { textTowerGraph } from '../../../src/clip/graph/textTower.ts';
import { assertFinite, towerTensors } from '../../../src/clip/values.ts';
import type { ClipWeights } from '../../../src/clip/weights.ts';
import { isLensError } from '../../../src/errors.ts';
import { cpuMs } from '../../support/cpuMs.ts';
import { fixture, fixtureJson } from './fixtures.ts';

/** One file of each format and way of storing weights; 10,000 damaged copies in all. */
const FILES = [
  ['quick-vision.safetensors', 'quick.config.json'],
  ['quick-bf16.safetensors', 'quick.config.json'],
  ['open.safetensors', 'open.config.json'],
  ['erf-dynamo20-sdpa-vision_model.onnx', undefined],
  ['erf-legacy11-text_model.onnx', undefined],
  ['quick-legacy14-text_model_fp16_packed.onnx', undefined],
  ['quick-legacy14-vision_model_t_quint8.onnx', undefined],
  ['erf-dynamo18-text_model_c_qint8.onnx', undefined],
] as const;
const CASES = 10_000 / FILES.length;

type Damage =
  | { readonly kind: 'bytes'; readonly at: number; readonly values: readonly number[] }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'remove' | 'repeat'; readonly at: number; readonly length: number };

/** Bytes that mean much in the formats: long numbers, ends, braces, digits. */
const telling = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x22, 0x2c, 0x30, 0x39, 0x5b, 0x7b, 0x7d);
const byte = fc.oneof(fc.nat(255), telling);

/** Damage at places given as fractions of what tells the structure; most of it small, to get past the first checks. */
const damages = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: bytesOf(1) },
    { weight: 3, arbitrary: bytesOf(10) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: place() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('remove' as const, 'repeat' as const),
        at: place(),
        length: fc.integer({ min: 1, max: 300 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 2 },
);

function bytesOf(maxLength: number) {
  const values = fc.array(byte, { minLength: 1, maxLength });
  return fc.record({ kind: fc.constant('bytes' as const), at: place(), values });
}

/** Any place as likely as any other, not the ends first. */
function place() {
  return fc.noBias(fc.nat(2 ** 31 - 1)).map((n) => n / 2 ** 31);
}

/** Offsets of the bytes that are not weights: damage to a weight only gives another weight. */
function structure(name: string, bytes: Uint8Array): number[] {
  const weights = name.endsWith('.onnx')
    ? weightRanges(name, bytes)
    : [[8 + bytes[0]! + 256 * bytes[1]!, bytes.length] as const];
  const isWeight = new Uint8Array(bytes.length);
  for (const [start, end] of weights) isWeight.fill(1, start, end);
  return Array.from(bytes.keys()).filter((at) => !isWeight[at]);
}

function weightRanges(name: string, bytes: Uint8Array): (readonly [number, number])[] {
  const { initialisers } = readOnnxModel({ name, bytes });
  return [...initialisers.values()]
    .filter(({ range }) => range.end - range.start > 200)
    .map(({ range }) => [range.start + 8, range.end - 8]);
}

function apply(bytes: Uint8Array, places: readonly number[], damage: Damage): Uint8Array {
  const at = Math.min(places[Math.floor(damage.at * places.length)]!, bytes.length);
  if (damage.kind === 'cut') return bytes.slice(0, at);
  if (damage.kind === 'bytes') {
    const copy = bytes.slice();
    damage.values.forEach((value, i) => {
      if (at + i < copy.length) copy[at + i] = value;
    });
    return copy;
  }
  const end = Math.min(at + damage.length, bytes.length);
  const rest = bytes.subarray(damage.kind === 'remove' ? end : at);
  const out = new Uint8Array((damage.kind === 'remove' ? at : end) + rest.length);
  out.set(bytes.subarray(0, damage.kind === 'remove' ? at : end));
  out.set(rest, out.length - rest.length);
  return out;
}

/** A model that was read is whole: every weight lies in its file with the size its shape asks for, and graphs are built of it. */
function expectWhole(weights: ClipWeights, given: number): void {
  const files = [...weights.files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  expect(files).toBeLessThanOrEqual(7 * given + 2 ** 20);
  for (const { dtype, shape, file, offset, length } of towerTensors(weights)) {
    const bytes = weights.files.get(file)!;
    const fits = offset >= 0 && offset + length <= bytes.length;
    const count = shape.reduce((product, size) => product * size, 1);
    if (!fits || length !== count * (dtype === 'F16' ? 2 : 4))
      throw new Error('a tensor does not lie in its file');
  }
  const { vision, text } = weights.config;
  expect(vision ?? text).toBeDefined();
  expect(Boolean(vision)).toBe(Boolean(weights.vision));
  expect(Boolean(text)).toBe(Boolean(weights.text));
  if (vision) expect(imageTowerGraph(weights).model.length).toBeGreaterThan(0);
  if (text) expect(textTowerGraph(weights).model.length).toBeGreaterThan(0);
}

describe('a damaged checkpoint', () => {
  it.each(FILES)('%s is read whole or refused with a LensError, at once', (name, configName) => {
    const file = fixture(name);
    const config = configName && fixtureJson(configName);
    const places = structure(name, file);
    const outcomes = { read: 0, refused: 0, slowest: 0 };
    fc.assert(
      fc.property(damages, (list) => {
        const bytes = list.reduce((damaged, damage) => apply(damaged, places, damage), file);
        const start = process.cpuUsage();
        try {
          const weights = readCheckpoint([{ name, bytes }], config);
          assertFinite(weights);
          expectWhole(weights, bytes.length);
          outcomes.read++;
        } catch (error) {
          if (!isLensError(error)) throw error;
          outcomes.refused++;
        }
        outcomes.slowest = Math.max(outcomes.slowest, cpuMs(start));
      }),
      { numRuns: CASES },
    );
    expect(outcomes.slowest).toBeLessThan(1000);
    // Both happen, or the damage is not of a kind that tests anything.
    expect(outcomes.refused).toBeGreaterThan(CASES / 10);
    expect(outcomes.read).toBeGreaterThan(0);
    if (process.env.LENS_VERBOSE) console.log(name, outcomes);
  });
});
