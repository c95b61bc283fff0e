/**
 * `npm run unit`: the unit tests. Arguments go to vitest (`npm run unit -- src/data`), but for
 * - `--changed [since]`: the tests of what differs from a commit (the last one), nearest first, within 20 seconds;
 * - `--all`: every model where otherwise one stands for its kind (`npm run unit:all`).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { changedModels, testsOf } from './unit/changed';

/** Seconds of one core, of the two that a machine has at least; starting up takes the rest of the twenty. */
const BUDGET = 24;
/** Vitest's own record of earlier runs. */
const RECORD = 'node_modules/.vite/vitest';

function vitest(args: readonly string[], models = process.env.UNIT_MODELS ?? ''): never {
  const { status } = spawnSync('npx', ['vitest', 'run', ...args], {
    stdio: 'inherit',
    env: { ...process.env, UNIT_MODELS: models },
  });
  process.exit(status ?? 1);
}

const git = (...args: string[]): string[] =>
  execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean);

function recordedSeconds(): Map<string, number> {
  const seconds = new Map<string, number>();
  const records = existsSync(RECORD) ? readdirSync(RECORD) : [];
  for (const file of records
    .map((run) => `${RECORD}/${run}/results.json`)
    .filter((path) => existsSync(path))) {
    const { results } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly results: readonly (readonly [string, { readonly duration: number }])[];
    };
    // Names begin with the vitest project's.
    for (const [name, { duration }] of results) seconds.set(name.replace(/^[^:]*:/, ''), duration / 1000);
  }
  return seconds;
}

function unitOfChange(since: string): never {
  const untracked = git('ls-files', '--others', '--exclude-standard');
  const changed = [...git('diff', '--name-only', '--relative', since), ...untracked];
  const files = [...git('ls-files'), ...untracked].filter(
    (file) => /^(src|tests|scripts|bench)\//.test(file) && existsSync(file),
  );
  const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const read = (file: string): string => texts.get(file) ?? '';
  const { run, left } = testsOf(changed, { files, read, seconds: recordedSeconds() }, BUDGET);
  const models = changedModels(changed);
  const only = models ? `, looking at ${models.join(', ')} alone where they look at every model` : '';
  console.log(
    `${changed.length} changed files reach ${run.length + left.length} test files; ${run.length} run${only}.`,
  );
  if (left.length > 0) console.log(`Left to \`npm run unit\`: ${left.join(' ')}`);
  if (run.length === 0) process.exit(0);
  vitest(run, models?.join(','));
}

const args = process.argv.slice(2);
const at = args.indexOf('--changed');
if (args.includes('--all'))
  vitest(
    args.filter((arg) => arg !== '--all'),
    'all',
  );
else if (at < 0) vitest(args);
else unitOfChange(args[at + 1] ?? 'HEAD');
