/** The process that meets mutants as one file: without it, a start takes longer than a thousand mutants, and every call is wrapped. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** As deep as this folder, so that paths to samples are the same from there. */
const outDir = 'node_modules/.cache/trust';

/** @returns where it stands */
export async function bundleBench(): Promise<string> {
  // As the page is built; pictures take half the time then.
  process.env['NODE_ENV'] = 'production';
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      ssr: 'scripts/trust/mutants/bench.ts',
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'bench.mjs', codeSplitting: false } },
    },
  });
  return `${root}${outDir}/bench.mjs`;
}
