/**
 * What must hold on WebGPU for every registered model, in headless Chromium; prints JSON.
 *
 *     npm run -s check:webgpu -- [--only fixtures,losses,replay,steps] [--models mix,mmoe] [--steps 1000] [--hardware]
 *
 * `fixtures`: every committed fixture against PyTorch's numbers. `losses`: training at default sizes against the CPU
 * backend, and twice to the bit. `replay`: steps that are replayed against the same steps run, to the bit. `steps`: tensors and GPU bytes over a long run. The software adapter takes minutes for
 * each; `--hardware` asks for a hardware one. The exit status is 1 where a fixture is missed by 1e-3 or memory grows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import type { BackendRequest } from '../src/engine';
import { models } from '../src/models/registry';
import type { Fixture } from '../tests/support/fixture';
import { withBenchPage } from './browser';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'fixtures,losses,replay,steps' },
    models: { type: 'string' },
    steps: { type: 'string', default: '1000' },
    hardware: { type: 'boolean', default: false },
  },
});

const names = values.models?.split(',') ?? models.map(({ id }) => id);
const steps = Number(values.steps);
if (!Number.isInteger(steps) || steps < 50)
  throw new RangeError('--steps takes a whole number from 50 on, e.g. --steps 1000.');

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

async function compareAll(page: Page) {
  const results = [];
  for (const { path, fixture } of fixtures()) {
    const began = performance.now();
    const worst: Record<string, number> = {};
    let failure: string | null = null;
    try {
      const deviations = await page.evaluate((given) => window.bench!.compare(given), fixture);
      for (const { part, error } of deviations) worst[part] = Math.max(worst[part] ?? 0, error);
    } catch (error) {
      failure = String(error).split('\n')[0]!;
    }
    const agrees = failure === null && Object.values(worst).every((error) => error < TOLERANCE);
    if (!agrees) process.exitCode = 1;
    const seconds = (performance.now() - began) / 1000;
    progress(`${path}: ${failure ?? JSON.stringify(worst)} ${seconds.toFixed(1)} s`);
    results.push({ fixture: path, model: fixture.model, agrees, worst, failure, seconds });
  }
  return results;
}

/** Steps of each comparison of replayed with run ones: three are run and recorded, the rest replayed. */
const REPLAYED_STEPS = 20;

async function compareReplays(page: Page) {
  const results = [];
  for (const name of names) {
    const found = await page.evaluate(([id, count]) => window.bench!.compareReplay(id, 16, count), [
      name,
      REPLAYED_STEPS,
    ] as const);
    if (found.differing.length > 0 || found.messages.length > 0) process.exitCode = 1;
    progress(JSON.stringify(found));
    results.push(found);
  }
  return results;
}

async function longRuns(page: Page) {
  const results = [];
  for (const name of names) {
    const began = performance.now();
    const every = Math.max(10, Math.floor(steps / 10));
    const run = await page.evaluate(
      ([id, count, evaluateEvery]) => window.bench!.longRun(id, count, evaluateEvery),
      [name, steps, every] as const,
    );
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
    results.push({ ...result, run });
  }
  return results;
}

const parts = values.only.split(',');
const results = await withBenchPage(!values.hardware, async (page) => {
  const request = values.hardware ? 'auto' : 'webgpu';
  const backend = await page.evaluate((ask) => window.bench!.open(ask), request as BackendRequest);
  if (backend.name !== 'webgpu') throw new Error(backend.reason);
  return {
    backend,
    ...(parts.includes('fixtures') && { fixtures: await compareAll(page) }),
    ...(parts.includes('losses') && {
      losses: await page.evaluate((ids) => window.bench!.check(ids), names),
    }),
    ...(parts.includes('replay') && { replay: await compareReplays(page) }),
    ...(parts.includes('steps') && { steps: await longRuns(page) }),
  };
});
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
