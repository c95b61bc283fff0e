/**
 * `npm run trust`: attacks on the built page and its parsers that are too long for unit tests.
 *
 *   npm run trust                      every part, in full (hours)
 *   npm run trust -- kills --quick     one part, the few that `npm test` runs
 *   npm run trust -- kills --lanes 4   four browsers side by side (two where nothing is said)
 *   npm run trust -- mutants --seed 7 --count 100000 --tally
 *                                      one sitting of many: adds to docs/trust.jsonl what came of it, and prints their sum
 *
 * A part is a module of this folder whose `run` is a `TrustPart`, and one line below.
 */
import { expectKnown, parseCommandLine, refuse, wholeNumber } from '../commandLine.mjs';
import { drawnBefore, keepSitting, storedSittings, sumOf } from './tally';
import type { TrustPart } from './part';

/** Each is loaded only when it is asked for. */
const parts: Readonly<Record<string, () => Promise<{ readonly run: TrustPart }>>> = {
  kills: () => import('./kills'),
  planted: () => import('./kills').then(({ runPlanted }) => ({ run: runPlanted })),
  mutants: () => import('./mutants'),
};

const { values, positionals } = parseCommandLine({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string' },
    count: { type: 'string' },
    lanes: { type: 'string' },
    tally: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const count = values.count === undefined ? null : Number(values.count);
const lanes = values.lanes === undefined ? null : wholeNumber('--lanes', values.lanes);
expectKnown('part', positionals, Object.keys(parts));
if (!Number.isInteger(seed) || (count !== null && !(count > 0)))
  refuse('The seed must be a whole number, the count a number above 0.');
if (values.tally && (values.quick || count === null))
  refuse('A sitting that is kept needs --count, and is not the quick one.');

let failed = 0;
for (const [name, load] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  // A life of a browser has a seed of its own, mutants are drawn from one.
  const drawn = { part: name, seed, seeds: name === 'kills' ? (count ?? 1) : 1 };
  const before = values.tally ? drawnBefore(storedSittings(), drawn) : undefined;
  if (before) refuse(`${name}: these were met with seed ${before.seed} already; choose another seed.`);
  const began = performance.now();
  const { run } = await load();
  const { summary, failures, attempts, counts } = await run({ quick: values.quick, seed, count, lanes });
  const took = (performance.now() - began) / 1000;
  const seconds = took.toFixed(1);
  for (const failure of failures) console.log(`  ${failure}`);
  console.log(
    `${name}: ${failures.length === 0 ? 'held' : 'FAILED'}; ${summary} (seed ${seed}, ${seconds} s)`,
  );
  if (values.tally) {
    const came = { attempts, failures: failures.length, seconds: Math.round(took) };
    keepSitting({ ...drawn, ...came, ...(counts && { counts }) });
    console.log(sumOf(storedSittings(), name));
  }
  failed += failures.length;
}
process.exit(failed === 0 ? 0 : 1);
