/**
 * `npm test`: installs what is missing (packages, a Chromium), then lint, types, unit and end-to-end tests.
 * Arguments after `--` choose stages: `npm test -- unit e2e`.
 */
import { checkNode, ensureChromium, ensurePackages, fail, run } from './setup.mjs';

const stages = {
  lint: () => run('npx', ['eslint', '.', '--max-warnings', '0']),
  types: () => run('npx', ['tsc', '--noEmit', '-p', '.']),
  unit: () => run('npx', ['vitest', 'run']),
  build: () => run('npx', ['vite', 'build', '--logLevel', 'warn']),
  e2e: async () => {
    const chromium = await ensureChromium();
    return run('npx', ['playwright', 'test'], { env: { ...process.env, CHROMIUM_PATH: chromium } });
  },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in stages));
if (unknown.length > 0)
  fail(`Unknown stage ${unknown.join(', ')}; stages are ${Object.keys(stages).join(', ')}.`, 2);

checkNode();
ensurePackages();
const chosen = Object.entries(stages).filter(
  ([name]) => asked.length === 0 || asked.includes(name) || (name === 'build' && asked.includes('e2e')),
);
const failed = [];
for (const [name, stage] of chosen) {
  const started = performance.now();
  const code = await stage();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`\n— ${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s\n`);
  if (code !== 0) {
    failed.push(name);
    // A page that does not build has nothing for a browser to open.
    if (name === 'build') break;
  }
}
console.log(
  `stages: ${chosen.length - failed.length} passed, ${failed.length} failed${failed.length ? ` (${failed.join(', ')})` : ''}`,
);
process.exit(failed.length === 0 ? 0 : 1);
