import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const DIST = process.env.DIST ?? 'dist';
const PACKAGE = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm';

test('the runtime is shipped once, packed, and unpacks to the package’s file byte by byte', () => {
  const files = readdirSync(DIST, { recursive: true }).map(String);
  expect(files.filter((path) => path.endsWith('.wasm'))).toEqual([]);
  const packed = files.filter((path) => path.endsWith('.packed'));
  expect(packed).toHaveLength(1);
  const bytes = readFileSync(join(DIST, packed[0]!));
  expect(bytes.length).toBeLessThan(8e6);
  expect(gunzipSync(bytes).equals(readFileSync(PACKAGE))).toBe(true);
});
