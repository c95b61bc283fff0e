/**
 * Trains a model, its variants and the models it is compared with over several seeds, and writes the tables of
 * docs/models/<id>.md. Finished cells are kept in .cache/study, so an interrupted study goes on where it stopped.
 *
 *   npm run study -- --model mmoe --seeds 5      one model, on its twin, against the models of its plan
 *   npm run study                                all of them, one after another (many hours)
 *   npm run study -- --plan doses --jobs 2       the stored studies of public/studies, with the tables of docs/evidence
 */
import { readFile, writeFile } from 'node:fs/promises';
import { openBackend } from '../src/engine';
import { findModel } from '../src/models/registry';
import { parseSetup } from '../src/training/parseSetup';
import { settingText, setupFromParams } from '../src/training/setup';
import type { ParsedSetup } from '../src/training/parseSetup';
import { placeTables } from '../src/studies/modelStudy/document';
import { planOf, plans, type StudyPlan } from '../src/studies/modelStudy/plans';
import { studyRows, type StudyRow } from '../src/studies/modelStudy/rows';
import { studyReport } from '../src/studies/modelStudy/report';
import type { RowResult } from '../src/studies/modelStudy/table';
import type { Dataset } from '../src/data/dataset';
import type { Cell } from '../src/studies/modelStudy/cell';
import { readSample } from './lab/datasets';
import { flag, namesOf, readFlags, threadsOf, UsageError } from './lab/usage';
import { readCell, trainCell } from './study/cells';
import { checkStored } from './study/check';
import { runPlan } from './study/plan';
import { tuned } from './study/tune';

const usage = `Usage: npm run study -- [options]
       npm run study -- --plan claims,tables,doses,ranks,maps [options]
       npm run study -- --check N     trains N stored cells again: are they the same to the bit?

Stored studies (public/studies, docs/evidence); a plan goes on where it stopped and says first how long it takes:
  --plan WHICH         claims, tables, doses, ranks, maps, or several with commas between
  --paper ID,ID        sarnet, causalint, optmsm, mscan, aread (default all)
  --seeds N            seeds 1 … N (default 5)
  --jobs N             processes that train (default 1); 0 trains nothing and writes what is kept
  --worlds SIZE        small, medium or large (default small)
  --world ID,ID        only these of the plan's worlds, such as aliccp-3 (default all)
  --refill FIGURE      trains kept runs again that lack a figure, such as counterfactualError
  --seeds-for undecided  more seeds, up to --seeds (default 20), for what undecided claims and hypotheses need
  --tune N             with --plan tables: each row of a paper's main table has N draws of rate, L2 and dropout, judged
                       by validation log loss on a seed of their own; the best is trained over the study's seeds

Tables of docs/models:
  --model ID           one model; without it every model that has a plan (src/studies/modelStudy/plans.ts)
  --dataset ID         a sample (default: the plan's twin)
  --seeds N            seeds 1 … N (default 5)
  --variants WHICH     all, none, or a table of the paper such as "Table 4" (default all)
  --against ID,ID      models to compare with, each with the same preset, or none (default: the plan's)
  --preset NAME        paper, browser, tiny or comparable (default browser)
  --backend NAME       wasm or cpu (default wasm)
  --threads N          threads of WASM (default 1); they do not change the numbers
  --tune N             gives every row the same budget: N draws of rate, L2 and dropout (OptMSM: λ, M-scan: α),
                       the best by validation log loss of a seed beside the study's
  --page ID            page of docs/models to write (default: the model's); --page - prints only
  --NAME VALUE         any training setting, for every row; any setting of the model, for its own rows`;

const OWN = ['threads', 'seeds', 'variants', 'against', 'page', 'dataset', 'tune'];

/** The same parameters for every row; what the row's model does not know is taken away for models compared with. */
function setupOf(row: StudyRow, seed: number, given: URLSearchParams, own: boolean): ParsedSetup {
  const params = new URLSearchParams(given);
  params.set('model', row.model);
  params.set('seed', `${seed}`);
  if (!params.has('backend')) params.set('backend', 'wasm');
  const { setup, problems } = setupFromParams(params);
  if (own && problems.length > 0) throw new UsageError(problems[0]);
  return parseSetup({ ...setup, settings: { ...setup.settings, ...row.settings } });
}

interface Order {
  readonly plan: StudyPlan;
  readonly seeds: number;
  readonly variants: string;
  readonly backend: 'wasm' | 'cpu';
  readonly threads: number;
  /** Draws of a row's tuning budget; null where rows are trained as they come. */
  readonly tune: number | null;
  /** Training and model settings of every row. */
  readonly given: URLSearchParams;
  /** Page of docs/models, or `-` for standard output. */
  readonly page: string;
}

/** Trains what is missing. Seed by seed, so that an interrupted study has every row for the seeds that it finished. */
async function trainAll(order: Order, rows: readonly StudyRow[], dataset: Dataset): Promise<RowResult[]> {
  const backend = await openBackend(order.backend, { threads: order.threads });
  const started = performance.now();
  const total = rows.length * order.seeds;
  let done = 0;
  let trained = 0;
  const results = rows.map((row) => ({ row, cells: [] as Cell[] }));
  const setups = new Map<StudyRow, ParsedSetup>();
  for (const row of rows) {
    const setup = setupOf(row, 1, order.given, row.model === order.plan.model);
    const report = (text: string) => process.stderr.write(`${row.name}: ${text}\n`);
    const options = { dataset, backend, draws: order.tune ?? 1, report };
    setups.set(row, order.tune === null ? setup : await tuned(setup, row.settings, options));
  }
  for (let seed = 1; seed <= order.seeds; seed++) {
    for (const { row, cells } of results) {
      const setup = parseSetup({ ...setups.get(row)!, seed });
      const kept = await readCell(setup, dataset.fingerprint);
      const cell = kept ?? (await trainCell(setup, dataset, backend));
      cells.push(cell);
      done++;
      if (!kept) trained++;
      const left = trained === 0 ? 0 : ((performance.now() - started) / trained) * (total - done);
      const auc = cell.final.domainNoiseFreeAuc ?? cell.final.domainAuc;
      process.stderr.write(
        `${done}/${total} ${row.name}, seed ${seed}: ${auc?.toFixed(4) ?? 'undefined'} at step ${cell.bestStep} of ${cell.steps}` +
          `${kept ? ' (kept)' : `, ${cell.seconds.toFixed(0)} s`}; ${(left / 60_000).toFixed(0)} min left\n`,
      );
    }
  }
  return results;
}

async function updatePage(path: URL, name: string, content: string): Promise<void> {
  await writeFile(path, placeTables(await readFile(path, 'utf8'), name, content));
}

async function study(order: Order): Promise<void> {
  const { plan, page } = order;
  const against = plan.against.map(findModel);
  const rows = studyRows(findModel(plan.model), order.variants, against);
  const dataset = await readSample(plan.dataset);
  const results = await trainAll(order, rows, dataset);
  const content = studyReport(results, dataset.scenarios);
  if (page === '-') process.stdout.write(`${content}\n`);
  else await updatePage(new URL(`../docs/models/${page}.md`, import.meta.url), plan.dataset, content);
}

async function main(words: readonly string[]): Promise<void> {
  const flags = readFlags(words);
  if (flags.switches.has('help')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (flags.values.has('plan')) return runPlan(flags);
  const check = flag(flags, 'check');
  if (check !== null) {
    if (!/^[1-9]\d*$/.test(check)) throw new UsageError('--check must be a whole number above 0.');
    if (!(await checkStored(Number(check)))) process.exitCode = 1;
    return;
  }
  const seeds = Number(flag(flags, 'seeds') ?? 5);
  if (!Number.isInteger(seeds) || seeds < 1) throw new UsageError('--seeds must be a whole number above 0.');
  const budget = flag(flags, 'tune');
  const tune = budget === null ? null : Number(budget);
  if (tune !== null && (!Number.isInteger(tune) || tune < 1))
    throw new UsageError('--tune must be a whole number above 0.');
  const model = flag(flags, 'model');
  const chosen = model === null ? plans : [planOf(findModel(model).id)];
  for (const usual of chosen) {
    const against = namesOf(flags, 'against');
    const plan: StudyPlan = {
      ...usual,
      dataset: flag(flags, 'dataset') ?? usual.dataset,
      against: against?.join() === 'none' ? [] : (against ?? usual.against),
    };
    const given = new URLSearchParams({ dataset: plan.dataset });
    // The budget of a comparison under equal terms is the preset's own.
    const usualTraining = flag(flags, 'preset') === 'comparable' ? {} : plan.training;
    for (const [name, value] of Object.entries(usualTraining)) given.set(name, settingText(value));
    for (const [name, values] of flags.values) if (!OWN.includes(name)) given.set(name, values.at(-1)!);
    await study({
      plan,
      seeds,
      variants: flag(flags, 'variants') ?? 'all',
      backend: given.get('backend') === 'cpu' ? 'cpu' : 'wasm',
      threads: threadsOf(flags) ?? 1,
      tune,
      given,
      page: flag(flags, 'page') ?? plan.model,
    });
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(), // WASM threads would keep the process open
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
