import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { firstFiles, firstParts } from './firstParts.ts';
import { offlinePage } from './offlinePage.ts';
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

const FIRST_SCRIPT = /\s*(<script\s+src=".\/first.js"><\/script>)/;
/** The parser waits where the first script stands: what is fetched must be asked for before. It still runs first, as modules wait for the parser. */
const firstScriptLast: Plugin = {
  name: 'first-script-last',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const [all, script] = FIRST_SCRIPT.exec(html) ?? [];
      return all && script ? html.replace(all, '').replace('</head>', `  ${script}\n  </head>`) : html;
    },
  },
};

/** A worker's first file must be nobody's import: WebKit would run it a second time, and two workers would answer in one. */
const workersApart: Plugin = {
  name: 'workers-apart',
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
    const entries = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
    for (const { fileName, imports } of chunks)
      if (imports.some((name) => entries.has(name))) this.error(`${fileName} imports a worker's first file.`);
  },
};

/**
 * What the worker that trains shares with what it fetches later. Of the CPU's kernels those that WebAssembly's backend uses: in a file of their own they
 * would be fetched after it.
 */
const TENSORS = {
  name: 'tensors',
  test: /tfjs-core|tfjs-backend-cpu\/dist\/(cpu_util|kernels\/(Slice|(Concat|Range|StringNGrams|StringSplit|StringToHashBucketFast|Unique)_impl))\.js/,
  priority: 3,
};
/** What the CPU's backend and WebGPU's share: else one would be fetched with the other. */
const KERNELS = {
  name: 'kernels',
  test: /tfjs-backend-cpu\/dist\/(shared|utils\/|kernels\/\w+_impl)/,
  priority: 2,
};
/** What reading our own files shares with reading any writer's; with all that these modules import. */
const PARQUET = {
  name: 'parquet',
  test: /hyparquet[\w-]*\/src\/(column|delta|metadata|gzip)\.js/,
  priority: 1,
};
/** What the data worker shares with the files of runs that it fetches later; in its first file it would be imported from there. */
const ROWS = {
  name: 'rows',
  test: /\/src\/data\/|\/(simulatedId|storage|runId|keptMappings)\.ts$|node_modules\/(?!@tensorflow)/,
};

/** Backends say in the names of their files which they are; what they are made of has one name in all of them. */
const chunkFileNames = ({ facadeModuleId }: { facadeModuleId?: string | null }): string =>
  `assets/${/tfjs-(backend-\w+)/.exec(facadeModuleId ?? '')?.[1] ?? '[name]'}-[hash].js`;

/** The data worker alone has chunks of its own: a report's script, say, must be one file. */
function dataWorkerChunks(): Plugin {
  let isData = false;
  return {
    name: 'data-worker-chunks',
    options({ input }) {
      isData = JSON.stringify(input).includes('data.worker');
    },
    outputOptions: (output) =>
      isData ? { ...output, codeSplitting: { groups: [TENSORS, KERNELS, ROWS] } } : output,
  };
}

/**
 * The page describes models and its workers compute with them: what opens a backend is left out of the page, with the backends and kernels that it would
 * load, half of all that is fetched before the worker that trains can start.
 */
const treeshake = {
  moduleSideEffects: [{ test: /\/src\/engine\/backend\.ts$/, sideEffects: false }],
};

/** Holds the page to that, also where it is fetched later. */
const pageWithoutBackends: Plugin = {
  name: 'page-without-backends',
  apply: 'build',
  generateBundle(_, bundle) {
    const seen = new Set<string>();
    const visit = (name: string): void => {
      const chunk = bundle[name];
      if (seen.has(name) || chunk?.type !== 'chunk') return;
      seen.add(name);
      const backend = chunk.moduleIds.find((id) => /tfjs-backend-|\/wasm\/binary\.ts$/.test(id));
      if (backend) this.error(`The page would fetch ${backend} with ${name}; only workers compute.`);
      [...chunk.imports, ...chunk.dynamicImports].forEach(visit);
    };
    for (const { fileName, ...chunk } of Object.values(bundle))
      if (chunk.type === 'chunk' && chunk.facadeModuleId?.endsWith('/index.html')) visit(fileName);
    if (seen.size === 0) this.error('The bundle has no page.');
  },
};

/** How long a plugin took is no warning to who starts the lab: on a busy machine any may be slow. */
const checks = { pluginTimings: false };

export default defineConfig({
  base: './',
  plugins: [react(), metaPolicyTag, firstScriptLast, firstParts, offlinePage, pageWithoutBackends],
  worker: {
    format: 'es',
    plugins: () => [workersApart, dataWorkerChunks()],
    rolldownOptions: {
      checks,
      // Every way to unpack is made ready as its library loads, one of them by WebAssembly; who wants one alone gets one alone.
      treeshake: { moduleSideEffects: [{ test: /hyparquet-compressors/, sideEffects: false }] },
      output: { codeSplitting: { groups: [TENSORS, KERNELS, PARQUET] }, chunkFileNames },
    },
  },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 2500,
    // A script in a `data:` address could not be started, and the page's policy lets no font come from one.
    assetsInlineLimit: (file) => (/\.(js|woff2?|ttf)$/.test(file) ? false : undefined),
    rolldownOptions: {
      input: ['index.html', 'gallery.html'],
      output: { codeSplitting: { groups: firstFiles } },
      checks,
      treeshake,
    },
  },
});
