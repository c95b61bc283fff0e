/**
 * `npm test`: installs what is missing (packages, a Chromium), then lint, types, unit and end-to-end tests.
 * Arguments after `--` choose stages: `npm test -- unit e2e`.
 *
 * Lint uses one core, and longer than types and build together, which use the other: so the unit tests begin beside it. What runs
 * beside something else prints what it said when it ends. End-to-end tests use every core and come last, by themselves.
 */
import {
  checkNode,
  ensureChromium,
  ensureOtherBrowsers,
  ensurePackages,
  run,
  runBeside,
  runQuietly,
} from './setup.mjs';
import { expectKnown, parseCommandLine } from './commandLine.mjs';

const stages = {
  lint: () => runQuietly('npm', ['run', '-s', 'lint']),
  types: () => runQuietly('npm', ['run', '-s', 'types']),
  build: () => runQuietly('npx', ['vite', 'build', '--logLevel', 'warn']),
  unit: async () => ({ code: await runBeside('npx', ['tsx', 'scripts/unit.ts']) }),
  onward: () => runQuietly('npx', ['tsx', 'scripts/onward/index.ts', '--quick']),
  // The seed is fixed, so that a change and not chance decides; `npm run trust` draws another each time.
  trust: () => runQuietly('npx', ['tsx', 'scripts/trust/index.ts', 'mutants', '--quick', '--seed', '1']),
  e2e: async () => {
    const options = { env: { ...process.env, CHROMIUM_PATH: await ensureChromium() } };
    // Most specs wait more than they compute; a spec of speed needs the cores for itself.
    const codes = [specs(2, options, 'webgpu-software', 'wasm'), specs(1, options, 'speed')];
    return { code: Math.max(...codes) };
  },
  kills: async () => {
    const options = { env: { ...process.env, CHROMIUM_PATH: await ensureChromium() } };
    const parts = ['kills', 'planted', '--quick', '--seed', '1'];
    return { code: run('npx', ['tsx', 'scripts/trust/index.ts', ...parts], options) };
  },
  // Where a browser cannot be installed, a sentence says what was not tested.
  engines: async () => {
    const there = ensureOtherBrowsers();
    return { code: there.length === 0 ? 0 : specs(there.length, {}, ...there) };
  },
};

/** Browser specs of some projects, which keep what failed in a folder of their own. @returns the exit code */
function specs(workers, options, ...projects) {
  const chosen = projects.map((project) => `--project=${project}`);
  const kept = `--output=test-results/${projects[0]}`;
  return run('npx', ['playwright', 'test', `--workers=${workers}`, kept, ...chosen], options);
}
const names = ['lint', 'types', 'build', 'unit', 'trust', 'onward', 'e2e', 'kills', 'engines'];
/** Stages that open the built page. */
const ofThePage = ['e2e', 'kills', 'engines'];
checkNode();
const { positionals: asked } = parseCommandLine({ allowPositionals: true, options: {} });
expectKnown('stage', asked, names);
ensurePackages();
const chosen = names.filter(
  (name) =>
    asked.length === 0 ||
    asked.includes(name) ||
    (name === 'build' && ofThePage.some((one) => asked.includes(one))),
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

/** Stages one after the other, of those that were asked for. */
async function inTurn(...of) {
  for (const name of of.filter((one) => chosen.includes(one))) await perform(name, stages[name]);
}

await Promise.all([inTurn('lint', 'onward'), inTurn('types', 'build', 'unit', 'trust')]);
for (const name of ofThePage.filter((one) => chosen.includes(one))) {
  if (!failed.includes('build')) await inTurn(name);
  else {
    console.log(`\n— ${name}: NOT RUN, since there is no page for a browser to open\n`);
    failed.push(name);
  }
}
console.log(
  `stages: ${chosen.length - failed.length} passed, ${failed.length} failed${failed.length ? ` (${failed.join(', ')})` : ''}`,
);
process.exit(failed.length === 0 ? 0 : 1);
