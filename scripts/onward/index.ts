/**
 * `npm run onward`: does a run go on in PyTorch as it does here? Every model is left at step 200 as a bundle, and its scores and next
 * 100 losses are compared; the package's own tests come first.
 *
 *     npm run onward                      every model
 *     npm run onward -- --quick           a model of each procedure, fewer steps (a stage of `npm test`)
 *     npm run onward -- --models mmoe,din     (of mamdr, around every base)
 *     npm run onward -- --write           every model (or those of --models), and their rows of the table in docs/onward.md
 *     npm run onward -- --defaults        writes the settings' defaults and limits anew, for the package (then: npx prettier --write python)
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { models } from '../../src/models/registry';
import { defaultSettings, limitsOf, type SettingFields } from '../../src/models/settings';
import { trainingFields } from '../../src/training/settings';
import { everything } from './everything';
import { compare, type Differences, type WentOn } from './compare';
import { pythonWithTorch, runPython, startPython } from './python';
import { leaveRun, type Left, type Length } from './runs';
import { writeResults } from './results';
import { expectKnown, listed, parseCommandLine } from '../commandLine.mjs';

enableProdMode();

const { values: asked } = parseCommandLine({
  options: {
    quick: { type: 'boolean', default: false },
    models: { type: 'string' },
    write: { type: 'boolean', default: false },
    defaults: { type: 'boolean', default: false },
  },
});
const { quick } = asked;
const modelIds = models.map(({ id }) => id);
/** A plain model, one that reads histories, and one of each procedure; of MAMDR's bases one of each kind. */
const QUICK = ['mmoe', 'mscan', 'finetune', 'mamdr', 'mamdr over mmoe', 'sarnet', 'aread'];

const length: Length = quick ? { left: 24, end: 40 } : { left: 200, end: 300 };
const named = listed('--models', asked.models);
expectKnown('model', named ?? [], modelIds);
const chosen = everything.filter(({ name, model }) =>
  named ? named.includes(model) : !quick || QUICK.includes(name),
);

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function line({ name, steps, scores, start, losses, metrics, probes, wrong }: Differences): string {
  const shown = (value: number): string => value.toExponential(1).padStart(8);
  const said = wrong.length > 0 ? `  WRONG: ${wrong.join(', ')}` : '';
  return `${name.padEnd(24)} scores ${shown(scores)}  first loss ${shown(start)}  ${steps} losses ${shown(losses)}  final metrics ${shown(metrics)}  pictures ${shown(probes)}${said}`;
}

async function packageTests(python: string): Promise<boolean> {
  const { code, err } = await runPython(python, ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.']);
  say(code === 0 ? `python/tests: ${/Ran \d+ tests?/.exec(err)?.[0] ?? ''}, all well.` : err);
  return code === 0;
}

/** Format and types, where the tools are (Debian's packages black and mypy); what is not there is named. */
async function sourceChecks(python: string): Promise<boolean> {
  const checks = [
    ['black', '--check', '--quiet', '.'],
    ['mypy', 'scenarium'],
  ] as const;
  const results = await Promise.all(
    checks.map(async ([tool, ...words]) => {
      const { code, out, err } = await runPython(python, ['-m', tool, ...words]);
      if (/No module named '?(black|mypy)/.test(err)) {
        say(`python/: ${tool} is not installed, so it was not asked.`);
        return true;
      }
      say(`python/: ${tool} ${code === 0 ? 'is content.' : `says\n${out}${err}`}`);
      return code === 0;
    }),
  );
  return results.every(Boolean);
}

async function goOn(python: string): Promise<boolean> {
  const place = await mkdtemp(join(tmpdir(), 'onward-'));
  try {
    const results: Differences[] = [];
    let well = true;
    const torch = startPython(python, ['-m', 'tests.go_on']);
    const answered = async (run: Left): Promise<void> => {
      const went = JSON.parse(await torch.ask(run.folder)) as WentOn;
      if (went.failure !== undefined) {
        say(`${run.name.padEnd(24)} WRONG: ${went.failure}`);
        well = false;
        return;
      }
      const differences = await compare(run, went);
      results.push(differences);
      say(line(differences));
      well &&= differences.wrong.length === 0;
    };
    // While PyTorch takes a model's steps, the lab takes those of the next.
    let waiting = Promise.resolve();
    for (const one of chosen) {
      const run = await leaveRun(one, length, place);
      await waiting;
      waiting = answered(run);
    }
    await waiting;
    torch.close();
    if (asked.write) await writeResults(results, length);
    return well;
  } finally {
    await rm(place, { recursive: true });
  }
}

/** Default settings of every model and of training, and what their values may be, as the package reads them. */
async function writeDefaults(): Promise<void> {
  const write = (name: string, text: string): Promise<void> =>
    writeFile(new URL(`../../python/scenarium/models/${name}`, import.meta.url), `${text}\n`);
  const each = (of: (fields: SettingFields) => object): object => ({
    training: of(trainingFields),
    models: Object.fromEntries(models.map(({ id, fields }) => [id, of(fields)])),
  });
  await write('defaults.json', JSON.stringify(each(defaultSettings), null, 1));
  await write('limits.json', JSON.stringify(each(limitsOf)));
}

const python = pythonWithTorch();
if (asked.defaults) {
  await writeDefaults();
} else if (python === null) {
  say(
    'No Python with PyTorch and NumPy was found (PYTHON, /usr/bin/python3, python3), so nothing of python/ was tested.',
  );
} else {
  // Each waits for a process of its own; the lab's runs are the longest.
  const [tests, sources, runs] = await Promise.all([
    packageTests(python),
    sourceChecks(python),
    goOn(python),
  ]);
  process.exitCode = tests && sources && runs ? 0 : 1;
}
