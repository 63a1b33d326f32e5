import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { hostHeaders } from './scripts/vite/headers.ts';
import { serviceWorker } from './scripts/vite/offline.ts';
import { packedRuntime } from './scripts/vite/runtime.ts';
import { ISOLATION, WORKER_FOLDER } from './src/offline/headers.ts';

export default defineConfig({
  base: './',
  plugins: [react(), hostHeaders(), serviceWorker()],
  worker: {
    format: 'es',
    plugins: () => [packedRuntime()],
    rolldownOptions: {
      output: {
        entryFileNames: `${WORKER_FOLDER}[name]-[hash].js`,
        chunkFileNames: `${WORKER_FOLDER}[name]-[hash].js`,
      },
    },
  },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  server: { headers: ISOLATION, host: '127.0.0.1' },
  preview: { headers: ISOLATION, host: '127.0.0.1' },
  build: { target: 'es2022', assetsInlineLimit: 0 },
});
