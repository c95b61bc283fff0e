import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { offlinePage } from './offlinePage';

/** Cross-origin isolation lets WASM use threads; the page also works where a host does not send these. */
const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * tfjs gives its threaded WASM factory to the thread workers as text (`factory.toString()`), so the function must not reach
 * outside itself. It guards the one name that it does (`typeof _scriptDir`), but bundling proves that guard true and leaves
 * a bare, renamed reference: every thread then dies with "e is not defined". The name is only a fall back for a script's
 * address, which tfjs always gives.
 */
const selfContainedWasmThreads: Plugin = {
  name: 'self-contained-wasm-threads',
  transform(code, id) {
    if (!id.includes('tfjs-backend-wasm-threaded-simd.js')) return null;
    return code
      .replace('typeof _scriptDir !== "undefined" && _scriptDir', 'false')
      .replace('Module["mainScriptUrlOrBlob"]||_scriptDir', 'Module["mainScriptUrlOrBlob"]');
  },
};

export default defineConfig({
  base: './',
  plugins: [react(), selfContainedWasmThreads, offlinePage],
  worker: { format: 'es', plugins: () => [selfContainedWasmThreads] },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 2500,
    rollupOptions: { input: ['index.html', 'gallery.html'] },
  },
});
