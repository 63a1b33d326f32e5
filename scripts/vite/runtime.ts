import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** How the runtime's file is imported: `?url`, as for any file whose address a script wants. */
const RUNTIME = /\/(ort-wasm-[\w.-]+\.wasm)\?url$/;

/** Where onnxruntime-web's own script names the file beside it. */
const SCRIPT = /\/onnxruntime-web\/dist\/[^/]+\.mjs$/;
const OWN_ADDRESS = /new URL\("(ort-wasm-[\w.-]+\.wasm)",import\.meta\.url\)/g;

/**
 * The runtime is shipped compressed: many static hosts send WASM as it is, and it is 27 MB. src/engine/backends/runtimeBytes.ts
 * unpacks it. Its name ends in neither `.wasm` nor `.gz`, by which some servers would say that it is something else.
 * For builds only: the development server serves the package's file.
 */
export function packedRuntime(): Plugin {
  return {
    name: 'neuronlens-packed-runtime',
    apply: 'build',
    enforce: 'pre',
    load: {
      filter: { id: RUNTIME },
      handler(id) {
        const path = id.replace(/\?url$/, '');
        const source = gzipSync(readFileSync(path), { level: 9 });
        const reference = this.emitFile({ type: 'asset', name: `${basename(path, '.wasm')}.packed`, source });
        return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
      },
    },
    transform: {
      filter: { id: SCRIPT },
      handler(code) {
        if (code.search(OWN_ADDRESS) < 0) return null;
        // Else the build would add the whole file: the script is handed its bytes and never asks for them.
        return { code: code.replaceAll(OWN_ADDRESS, 'new URL("$1",self.location.href)'), map: null };
      },
    },
  };
}
