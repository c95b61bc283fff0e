/**
 * What must hold on WebGPU for every registered model, in headless Chromium; prints JSON.
 *
 *     npm run -s check:webgpu -- [--only fixtures,losses,replay,steps,speed] [--models mix,mmoe] [--steps 1000] [--replayed 20] [--hardware] [--seconds 60]
 *
 * `fixtures`: every committed fixture against PyTorch's numbers. `losses`: training at default sizes against the CPU
 * backend, and twice to the bit. `replay`: `--replayed` steps that are replayed against the same steps run, to the bit. `steps`: tensors and GPU bytes over a long run. `speed`, on hardware
 * unless asked for: steps a second at batch 1024 and `browser` sizes, replayed, run, on WASM in the same browser, and in PyTorch on CUDA where python3 has it. The software adapter takes minutes for
 * each; `--hardware` asks for a graphics card, on Linux by Vulkan, and tells speeds first. What takes longer than `--seconds` (each model of each part; by default 60 on a card, 900 in software) is
 * left out with a note, and the rest goes on in a fresh browser; where none finds the card any more, the JSON holds what was
 * measured so far and, as `ended`, the reason. The exit status is 1 where something is left out, a fixture is missed by 1e-3 or memory grows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { BackendRequest } from '../src/engine';
import { expectKnown, listed, parseCommandLine, refuse, wholeNumber } from '../scripts/commandLine.mjs';
import { models } from '../src/models/registry';
import type { AnySettings } from '../src/models/settings';
import type { Fixture } from '../tests/support/fixture';
import { withBenchBrowser, type BenchBrowser } from './browser';
import { benchCase, type BenchCase } from './cases';
import { firstLine, inTime, missingAdapter, soFar, withinSeconds, type Limits, type Place } from './outcome';
import { startTorch } from './torch';

const { values } = parseCommandLine({
  options: {
    only: { type: 'string' },
    models: { type: 'string' },
    steps: { type: 'string', default: '1000' },
    replayed: { type: 'string', default: '20' },
    hardware: { type: 'boolean', default: false },
    seconds: { type: 'string' },
  },
});

const modelIds = models.map(({ id }) => id);
const names = listed('--models', values.models) ?? modelIds;
expectKnown('model', names, modelIds);
const PARTS = ['fixtures', 'losses', 'replay', 'steps', 'speed'];
const parts = listed('--only', values.only) ?? PARTS.filter((part) => part !== 'speed' || values.hardware);
expectKnown('part', parts, PARTS);
const steps = Number(values.steps);
if (!Number.isInteger(steps) || steps < 50)
  refuse('--steps takes a whole number from 50 on, e.g. --steps 1000.');

/** Steps of each comparison of replayed with run ones: three are run and recorded, the rest replayed. */
const replayedSteps = wholeNumber('--replayed', values.replayed);
if (replayedSteps < 8) refuse('--replayed takes a whole number from 8 on, e.g. --replayed 1000.');

/** Of one model in one part. */
const mostSeconds = wholeNumber('--seconds', values.seconds ?? (values.hardware ? '60' : '900'));

/** Of outputs, losses, gradients, states and what Adam makes of them. */
const TOLERANCE = 1e-3;

const root = fileURLToPath(new URL('../tests/reference/', import.meta.url));

/** Paths of the committed fixtures of models (not of layers), from tests/reference. */
function fixtures(): { path: string; fixture: Fixture }[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /fixtures[/\\].*\.json$/.test(path))
    .sort()
    .flatMap((path) => {
      const fixture = JSON.parse(readFileSync(root + path, 'utf8')) as Fixture;
      return fixture.format === 'scenarium-fixture/1' && names.includes(fixture.model)
        ? [{ path, fixture }]
        : [];
    });
}

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

const limits: Limits = {
  seconds: mostSeconds,
  leftOut(sentence) {
    progress(sentence);
    process.exitCode = 1;
  },
};

async function* compareAll(place: Place<Page>) {
  for (const { path, fixture } of fixtures()) {
    const began = performance.now();
    const worst: Record<string, number> = {};
    const deviations = await inTime(path, place, limits, (page) =>
      page.evaluate((given) => window.bench!.compare(given), fixture),
    );
    for (const { part, error } of deviations ?? []) worst[part] = Math.max(worst[part] ?? 0, error);
    const agrees = deviations !== null && Object.values(worst).every((error) => error < TOLERANCE);
    if (!agrees) process.exitCode = 1;
    const seconds = (performance.now() - began) / 1000;
    if (deviations) progress(`${path}: ${JSON.stringify(worst)} ${seconds.toFixed(1)} s`);
    yield { fixture: path, model: fixture.model, agrees, worst, seconds };
  }
}

async function* compareReplays(place: Place<Page>) {
  for (const name of names) {
    const given = [name, replayedSteps] as const;
    const found = await inTime(`${name} replayed`, place, limits, (page) =>
      page.evaluate(([id, count]) => window.bench!.compareReplay(id, 16, count), given),
    );
    if (!found) continue;
    if (found.differing.length > 0 || found.messages.length > 0) process.exitCode = 1;
    progress(JSON.stringify(found));
    yield found;
  }
}

async function* checkLosses(place: Place<Page>) {
  for (const name of names) {
    const found = await inTime(`${name} against the CPU`, place, limits, (page) =>
      page.evaluate((id) => window.bench!.check([id]), name),
    );
    yield* found ?? [];
  }
}

async function* longRuns(place: Place<Page>) {
  for (const name of names) {
    const began = performance.now();
    const every = Math.max(10, Math.floor(steps / 10));
    const given = [name, steps, every] as const;
    const run = await inTime(`${name} over ${steps} steps`, place, limits, (page) =>
      page.evaluate(([id, count, evaluateEvery]) => window.bench!.longRun(id, count, evaluateEvery), given),
    );
    if (!run) continue;
    // A fifth of the steps is warming up.
    const warm = run.readings.find(({ step }) => step >= steps / 5)!;
    const last = run.readings.at(-1)!;
    const grows = last.tensors !== warm.tensors || last.gpuBytes !== warm.gpuBytes;
    if (grows) process.exitCode = 1;
    const result = {
      model: name,
      grows,
      warm: { step: warm.step, tensors: warm.tensors, gpuBytes: warm.gpuBytes },
      last: { step: last.step, tensors: last.tensors, gpuBytes: last.gpuBytes },
      seconds: (performance.now() - began) / 1000,
    };
    progress(JSON.stringify(result));
    yield { ...result, run };
  }
}

/** Rows of a batch whose steps are timed. */
const TIMED_BATCH = 1024;
const TIMED_STEPS = 60;
/** On WASM a step takes tens of milliseconds. */
const WASM_STEPS = 15;

interface Speed {
  readonly model: string;
  /** Steps a second by the fastest step, waited for; null where it could not be timed. */
  readonly replayed: number | null;
  readonly run: number | null;
  /** Filled in after WebGPU is through, as `cuda` is. */
  wasm: number | null;
  /** PyTorch on CUDA. */
  cuda: number | null;
  readonly dispatches: number | null;
  /** Least milliseconds of the calling thread of a replayed step. */
  readonly jsMsPerStep: number | null;
  readonly message: string | null;
}

const perSecond = (milliseconds: number | undefined): number | null =>
  milliseconds === undefined ? null : 1000 / milliseconds;

/** A row of each model as soon as it is timed on WebGPU, which need not be there any more for the next. */
async function* speeds(place: Place<Page>): AsyncGenerator<Speed> {
  const cases = names.map((name) => benchCase(name, 'browser'));
  const options = (settings: AnySettings) => ({ batch: TIMED_BATCH, steps: TIMED_STEPS, settings });
  const rows = new Map<string, Speed>();
  for (const { definition, settings } of cases) {
    const given = [definition.id, options(settings)] as const;
    const gpu = await inTime(`${definition.id} on WebGPU`, place, limits, (page) =>
      page.evaluate(([id, with_]) => window.bench!.measureReplay(id, with_), given),
    );
    if (gpu)
      progress(
        `${definition.id}: ${gpu.bestMsPerStep.toFixed(2)} ms replayed, ${gpu.eager.bestMsPerStep.toFixed(2)} ms run`,
      );
    const row: Speed = {
      model: definition.id,
      replayed: gpu?.message === null ? perSecond(gpu.bestMsPerStep) : null,
      run: perSecond(gpu?.eager.bestMsPerStep),
      wasm: null,
      cuda: null,
      dispatches: gpu?.dispatchesPerStep ?? null,
      jsMsPerStep: gpu?.jsMsPerStep ?? null,
      message: gpu?.message ?? null,
    };
    rows.set(definition.id, row);
    yield row;
  }
  const cuda = await cudaSpeeds(cases);
  const onWasm: Place<Page> = { ...place, restart: () => place.restart().then(openWasm) };
  const openWasm = async (): Promise<void> =>
    void (await place.page().evaluate(() => window.bench!.open('wasm')));
  await openWasm();
  for (const { definition, settings } of cases) {
    const given = [definition.id, { ...options(settings), steps: WASM_STEPS }] as const;
    const wasm = await inTime(`${definition.id} on WASM`, onWasm, limits, (page) =>
      page.evaluate(([id, with_]) => window.bench!.measure(id, with_), given),
    );
    const row = rows.get(definition.id)!;
    row.wasm = perSecond(wasm?.bestMsPerStep);
    row.cuda = perSecond(cuda[definition.id]);
    progress(JSON.stringify(row));
  }
}

/** The fastest step's milliseconds by model; none where python3 has no torch, or torch no CUDA. */
async function cudaSpeeds(cases: readonly BenchCase[]): Promise<Readonly<Record<string, number>>> {
  const settings = Object.fromEntries(cases.map(({ definition, settings: own }) => [definition.id, own]));
  const torch = startTorch(settings, { batch: TIMED_BATCH, steps: TIMED_STEPS, threads: 1, device: 'cuda' });
  const found: Record<string, number> = {};
  try {
    for (const { definition } of cases) {
      const measured = await withinSeconds(mostSeconds, torch.measure(definition.id));
      if ('why' in measured) {
        progress(`PyTorch on CUDA is left out from ${definition.id} on: ${measured.why}.`);
        break;
      }
      found[definition.id] = measured.value.bestMsPerStep;
    }
  } finally {
    torch.close();
  }
  return found;
}

/** @throws Error with one sentence where there is no adapter of the kind that was asked for */
async function open(page: Page) {
  const request = values.hardware ? 'auto' : 'webgpu';
  const backend = await page.evaluate((ask) => window.bench!.open(ask), request as BackendRequest);
  if (backend.name === 'webgpu') return backend;
  throw new Error(missingAdapter(values.hardware, backend.reason, 'without --hardware it takes'));
}

const works = {
  fixtures: compareAll,
  losses: checkLosses,
  replay: compareReplays,
  steps: longRuns,
};

async function checkAll({ page, restart }: BenchBrowser) {
  const backend = await open(page());
  const place: Place<Page> = { page, restart: async () => void (await open(await restart())) };
  return soFar<Record<string, unknown>>({ backend }, async (found) => {
    const collect = async (part: string, work: (place: Place<Page>) => AsyncIterable<unknown>) => {
      const results: unknown[] = [];
      found[part] = results;
      for await (const result of work(place)) results.push(result);
    };
    // Speeds come first where they are what the run is for; they leave another backend open.
    if (parts.includes('speed')) {
      await collect('speed', speeds);
      if (parts.length > 1) await place.restart();
    }
    for (const [part, work] of Object.entries(works)) if (parts.includes(part)) await collect(part, work);
  });
}

try {
  const results = await withBenchBrowser(values.hardware ? 'card' : 'software', checkAll);
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  if (results.ended !== undefined) {
    progress(`It ended early: ${results.ended}`);
    process.exitCode = 1;
  }
} catch (error) {
  refuse(firstLine(error));
}
