/**
 * `npm test`: installs what is missing (packages, a Chromium), then lint, types, unit and end-to-end tests.
 * Arguments after `--` choose stages: `npm test -- unit e2e`.
 *
 * Lint, types and the build use one core each, so they run side by side, each printing what it said when it ends. Unit and
 * end-to-end tests use every core and follow one after the other.
 */
import { availableParallelism } from 'node:os';
import { checkNode, ensureChromium, ensurePackages, fail, run, runQuietly } from './setup.mjs';

const beside = {
  lint: () => runQuietly('npx', ['eslint', '.', '--max-warnings', '0']),
  types: () => runQuietly('npx', ['tsc', '--noEmit', '-p', '.', '--incremental', '--tsBuildInfoFile', TYPES]),
  build: () => runQuietly('npx', ['vite', 'build', '--logLevel', 'warn']),
};
const alone = {
  unit: () => run('npx', ['tsx', 'scripts/unit.ts']),
  e2e: async () => {
    const options = { env: { ...process.env, CHROMIUM_PATH: await ensureChromium() } };
    const specs = (workers, ...projects) => {
      const chosen = projects.map((project) => `--project=${project}`);
      return run('npx', ['playwright', 'test', `--workers=${workers}`, ...chosen], options);
    };
    // Most specs wait more than they compute; the software adapter and a spec of speed need the cores for themselves.
    const codes = [specs(2, 'wasm'), specs(1, 'webgpu-software', 'speed')];
    return Math.max(...codes);
  },
};
/** What the compiler knew last time: it checks again only what may have changed. */
const TYPES = 'node_modules/.cache/types.tsbuildinfo';

const names = ['lint', 'types', 'build', 'unit', 'e2e'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) fail(`Unknown stage ${unknown.join(', ')}; stages are ${names.join(', ')}.`, 2);

checkNode();
ensurePackages();
const chosen = names.filter(
  (name) => asked.length === 0 || asked.includes(name) || (name === 'build' && asked.includes('e2e')),
);
const failed = [];

/** Runs one stage and says how it went. */
async function perform(name, stage) {
  const started = performance.now();
  const { code, output = '' } = await stage();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${output}\n— ${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s\n`);
  if (code !== 0) failed.push(name);
}

const waiting = chosen.filter((name) => name in beside);
const lane = async () => {
  for (let name = waiting.shift(); name; name = waiting.shift()) await perform(name, beside[name]);
};
await Promise.all(Array.from({ length: availableParallelism() }, lane));
for (const name of chosen.filter((one) => one in alone)) {
  if (name === 'e2e' && failed.includes('build')) {
    console.log('\n— e2e: NOT RUN, since there is no page for a browser to open\n');
    failed.push(name);
  } else await perform(name, async () => ({ code: await alone[name]() }));
}
console.log(
  `stages: ${chosen.length - failed.length} passed, ${failed.length} failed${failed.length ? ` (${failed.join(', ')})` : ''}`,
);
process.exit(failed.length === 0 ? 0 : 1);
