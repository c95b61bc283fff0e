import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { offlinePage } from './offlinePage';
import { isolationHeaders, metaPolicy } from './scripts/policy.mjs';

/** What a host's headers would say, for hosts that send none. Only what is built has it: `npm run dev` runs inline scripts. */
const metaPolicyTag: Plugin = {
  name: 'meta-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: metaPolicy },
      injectTo: 'head-prepend',
    },
  ],
};

export default defineConfig({
  base: './',
  plugins: [react(), metaPolicyTag, offlinePage],
  worker: { format: 'es' },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 2500,
    // A script in a `data:` address could not be started.
    assetsInlineLimit: (file) => (file.endsWith('.js') ? false : undefined),
    rollupOptions: { input: ['index.html', 'gallery.html'] },
  },
});
