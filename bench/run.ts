/**
 * Times a training step of every registered model and prints JSON, or with `--table` a Markdown table.
 *
 *     npm run -s bench -- [--models mix,mmoe] [--preset browser] [--batch 256,1024] [--backends wasm,cpu,webgpu] [--steps 20]
 *                         [--rounds 3] [--threads 1] [--software] [--no-peers] [--table]
 *     npm run -s bench -- --backends webgpu [--software] [--null-device] [--models …] [--preset …] [--batch 64] [--steps 20]
 *     npm run -s bench -- --backends wasm --browser [--revectorize] [--js-flags=…] [--models …]
 *     npm run -s bench -- --scenarios 3,25,355 [--models …] [--table]
 *
 * With `--scenarios` every model is timed at these numbers of scenarios, on WASM at batch 1024 unless said otherwise, without
 * PyTorch; the rows then say how much longer a step takes than at the first number.
 *
 * With `--backends webgpu` alone it prints an array: for every model its steps replayed, and beside them run one operation at a
 * time (`eager`). `--null-device` does that in Node on a device that computes nothing, for the calling thread's time alone.
 *
 * With `--browser` WASM is timed in Chromium too, after Node in each of the rounds; `--revectorize` adds a Chromium whose V8 joins pairs of
 * 128-bit values to 256 (`--wasm-revectorize`), and `--js-flags` hands both V8's switches over. On one thread a row tells the least time that a step could take (`roofline`, the column `least`).
 *
 * WASM and CPU run in Node; WebGPU in headless Chromium, where a hardware adapter is found or `--software` allows the slow
 * software one. Where python3 has torch, WASM and PyTorch with as many threads take turns, `--rounds` times each.
 */
// First: kernels are compiled when a backend is opened.
import '../scripts/sameAsBrowser';
import { cpus, loadavg } from 'node:os';
import type { Page } from '@playwright/test';
import { openBackend } from '../src/engine';
import { withBenchPage } from './browser';
import { expectKnown, listed, parseCommandLine, refuse } from '../scripts/commandLine.mjs';
import type { PresetName } from '../src/models/definition';
import { benchCase, caseNames, type BenchCase } from './cases';
import { models } from '../src/models/registry';
import { backends as knownBackends } from '../src/training/parseSetup';
import { presetNames } from '../src/training/setup';
import { measure, type MeasureOptions, type Measurement } from './measure';
import { firstLine, missingAdapter } from './outcome';
import { measureSlider } from './slider';
import { scalingTable, table } from './table';
import { webGpuSteps } from './webgpuSteps';
import { startTorch, type Peer, type TorchProcess } from './torch';

const browserKinds = ['Chromium', 'Chromium, 256 bits'] as const;
type BrowserKind = (typeof browserKinds)[number];

export interface BenchResult extends Measurement {
  readonly case: string;
  /** Timed in Chromium, with V8's switches as they are or told to join 128-bit values to 256; null in Node. */
  readonly browser: BrowserKind | null;
  /** Best step over the best at the first number of scenarios; null where only one was asked for. */
  readonly growth: number | null;
  readonly threads: number;
  /** The fastest round of PyTorch; null without one. */
  readonly peer: Peer | null;
  /** Our time over PyTorch's, best of all rounds by best of all rounds; null without a peer. */
  readonly ratio: number | null;
}

const { values } = parseCommandLine({
  options: {
    models: { type: 'string' },
    preset: { type: 'string', default: 'browser' },
    batch: { type: 'string' },
    scenarios: { type: 'string' },
    backends: { type: 'string' },
    steps: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1' },
    browser: { type: 'boolean', default: false },
    revectorize: { type: 'boolean', default: false },
    'js-flags': { type: 'string' },
    software: { type: 'boolean', default: false },
    'null-device': { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
  },
});

const scaling = values.scenarios !== undefined;
const scenarios = (values.scenarios ?? '3').split(',').map(Number);
const batches = (values.batch ?? (scaling ? '1024' : '256,1024')).split(',').map(Number);
const backends = listed('--backends', values.backends) ?? (scaling ? ['wasm'] : ['wasm', 'cpu', 'webgpu']);
const [steps, rounds] = [Number(values.steps), Number(values.rounds)];
const wanted = Number(values.threads);

if (
  ![...batches, ...scenarios, steps, rounds, wanted].every((value) => Number.isInteger(value) && value > 0)
) {
  refuse(
    '--batch, --scenarios, --steps, --rounds and --threads take whole numbers above 0, e.g. --batch 256,1024 --steps 20.',
  );
}
expectKnown('preset', [values.preset], presetNames);
expectKnown(
  'backend',
  backends,
  knownBackends.filter((name) => name !== 'auto'),
);
const named = listed('--models', values.models);
expectKnown('model', named ?? [], caseNames);
const webGpuAlone = backends.length === 1 && backends[0] === 'webgpu';
if (values['null-device'] && (!webGpuAlone || values.table))
  refuse('--null-device goes with --backends webgpu alone, and without --table.');
if (!values.browser && (values.revectorize || values['js-flags'] !== undefined))
  refuse('--revectorize and --js-flags go with --browser.');
if (values.browser && wanted > 1)
  refuse('--browser is timed on one thread, as a page’s main thread has no others: leave --threads out.');
if (scaling && (values.browser || backends.includes('webgpu')))
  refuse('--scenarios is timed in Node, on wasm or cpu: leave --browser and --backends webgpu out.');
const cases = (named ?? (scaling ? models.map(({ id }) => id) : caseNames)).map((name) =>
  benchCase(name, values.preset as PresetName),
);

/** Steps of a backend on which one takes seconds. */
const FEW = 3;

const notes: string[] = [];
const note = (text: string): void => void (notes.includes(text) || notes.push(text));

const faster = <T extends { readonly bestMsPerStep: number }>(a: T | null, b: T): T =>
  a === null || b.bestMsPerStep < a.bestMsPerStep ? b : a;

/** Measures a model's step somewhere. */
type Measure = (options: MeasureOptions) => Promise<Measurement>;

/** An open benchmark page. */
interface BenchPlace {
  readonly kind: BrowserKind;
  readonly page: Page;
}

/** Turns of Node, Chromium where there are pages, and PyTorch. */
async function besidePeer(
  { name, definition, settings }: BenchCase,
  batch: number,
  threads: number,
  pages: readonly BenchPlace[],
): Promise<BenchResult[]> {
  let torch: TorchProcess | null = values['no-peers']
    ? null
    : startTorch({ [definition.id]: settings }, { batch, steps, threads });
  const options = { batch, steps, settings };
  const places: readonly (readonly [browser: BrowserKind | null, measure: Measure])[] = [
    [null, (given) => measure(definition, given)],
    ...pages.map(
      ({ kind, page }) => [kind, (given: MeasureOptions) => inPage(page, definition.id, given)] as const,
    ),
  ];
  const best = new Map<BrowserKind | null, Measurement>();
  let peer: Peer | null = null;
  for (let round = 0; round < rounds; round++) {
    for (const [browser, measured] of places)
      best.set(browser, faster(best.get(browser) ?? null, await measured(options)));
    try {
      if (torch) peer = faster(peer, await torch.measure(definition.id));
    } catch (error) {
      note(firstLine(error));
      torch = null;
    }
  }
  torch?.close();
  return [...best].map(([browser, ours]) => {
    if (peer && peer.parameters !== ours.parameters)
      note(
        `${name}: PyTorch trains ${peer.parameters} numbers, ours ${ours.parameters}; they are not the same model.`,
      );
    const ratio = peer && ours.bestMsPerStep / peer.bestMsPerStep;
    return { ...ours, case: name, browser, threads, peer, ratio, growth: null };
  });
}

const inPage = (page: Page, id: string, options: MeasureOptions): Promise<Measurement> =>
  page.evaluate(([model, given]) => window.bench!.measure(model, given), [id, options] as const);

const REVECTORIZE = '--wasm-revectorize';

/** Hands over bench pages with WASM open on as many threads, none where they were not asked for. */
async function besidePages<T>(
  threads: number,
  work: (pages: readonly BenchPlace[]) => Promise<T>,
  kinds: readonly BrowserKind[] = browserKinds.slice(0, values.browser ? (values.revectorize ? 2 : 1) : 0),
): Promise<T> {
  const [kind, ...others] = kinds;
  if (!kind) return work([]);
  const given = [values['js-flags'], kind === browserKinds[1] ? REVECTORIZE : undefined].filter(Boolean);
  return withBenchPage(
    'software',
    async (page) => {
      const info = await page.evaluate((count) => window.bench!.open('wasm', count), threads);
      if (info.name !== 'wasm') note(`${kind}: ${info.reason}`);
      else if (info.wide !== (kind === browserKinds[1]))
        note(`${kind}: products in ${info.wide ? 'wide' : 'the usual'} tiles.`);
      const place = info.name === 'wasm' ? [{ kind, page }] : [];
      return besidePages(threads, (rest) => work([...place, ...rest]), others);
    },
    given.length > 0 ? [`--js-flags=${given.join(' ')}`] : [],
  );
}

const alone = { threads: 1, browser: null, peer: null, ratio: null, growth: null } as const;

/** One model at every number of scenarios in turn, so that other work on the machine slows all of them alike. */
async function atScenarios(
  { name, definition, settings }: BenchCase,
  batch: number,
  threads: number,
): Promise<BenchResult[]> {
  const best = new Map<number, Measurement>();
  const failed = new Set<number>();
  for (let round = 0; round < rounds; round++) {
    for (const count of scenarios) {
      if (failed.has(count)) continue;
      try {
        const ours = await measure(definition, { batch, steps, scenarios: count, settings });
        best.set(count, faster(best.get(count) ?? null, ours));
      } catch (error) {
        failed.add(count);
        note(`${name} with ${count} scenarios: ${firstLine(error)}`);
      }
    }
  }
  const first = best.get(scenarios[0]!);
  return [...best.values()].map((ours) => ({
    ...ours,
    ...alone,
    case: name,
    threads,
    growth: first ? ours.bestMsPerStep / first.bestMsPerStep : null,
  }));
}

async function inNode(backend: 'wasm' | 'cpu'): Promise<BenchResult[]> {
  return besidePages(wanted, (pages) => timed(backend, pages));
}

async function timed(backend: 'wasm' | 'cpu', pages: readonly BenchPlace[]): Promise<BenchResult[]> {
  const info = await openBackend(backend, { threads: wanted });
  if (info.name !== backend) {
    note(info.reason);
    return [];
  }
  const results: BenchResult[] = [];
  for (const given of cases) {
    if (scaling) {
      for (const batch of batches) results.push(...(await atScenarios(given, batch, info.threads)));
      continue;
    }
    if (backend === 'wasm') {
      for (const batch of batches) results.push(...(await besidePeer(given, batch, info.threads, pages)));
      continue;
    }
    // Plain JavaScript takes seconds a step: the smallest batch says enough.
    const options = { batch: Math.min(...batches), steps: FEW, settings: given.settings };
    const ours = await measure(given.definition, options);
    results.push({ ...ours, ...alone, case: given.name });
  }
  return results;
}

async function onWebGpu(): Promise<BenchResult[]> {
  return withBenchPage(values.software ? 'software' : 'card', async (page) => {
    const software = values.software;
    const info = await page.evaluate((allow) => window.bench!.open(allow ? 'webgpu' : 'auto'), software);
    if (info.name !== 'webgpu') {
      note(missingAdapter(!software, info.reason, '--software takes'));
      return [];
    }
    const results: BenchResult[] = [];
    for (const { name, definition, settings } of cases) {
      for (const batch of info.software ? [Math.min(...batches)] : batches) {
        const options = { batch, steps: info.software ? FEW : steps, settings };
        const ours = await inPage(page, definition.id, options);
        results.push({ ...ours, ...alone, case: name });
      }
    }
    return results;
  });
}

if (webGpuAlone && !values.table) {
  const { software, 'null-device': nullDevice } = values;
  const found = await webGpuSteps(cases, { batches, steps, software, nullDevice, note });
  for (const text of notes) process.stderr.write(`${text}\n`);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  process.exit(found.length > 0 ? 0 : 1);
}

const results: BenchResult[] = [];
for (const backend of backends) {
  try {
    if (backend === 'webgpu') results.push(...(await onWebGpu()));
    else results.push(...(await inNode(backend as 'wasm' | 'cpu')));
  } catch (error) {
    note(`${backend}: ${firstLine(error)}`);
  }
}

if (results.some(({ peer }) => peer?.blas === 'reference')) {
  note(
    'PyTorch runs on reference BLAS, many times slower than OpenBLAS or MKL; install libopenblas0-pthread.',
  );
}

const slider = scaling ? [] : [measureSlider(100_000, 3), measureSlider(100_000, 25)];
const [cpu] = cpus();
const machine = {
  processor: cpu?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  // Above the number of cores, both sides waited for others.
  load: loadavg()[0],
};
process.stdout.write(
  values.table
    ? `${scaling ? scalingTable(results) : table(results)}\n\n${notes.join('\n')}\n`
    : `${JSON.stringify({ machine, results, slider, notes }, null, 2)}\n`,
);
