/**
 * Models on the software WebGPU adapter, without the lab around them: a fixture of each that stands for others against PyTorch's
 * numbers, and memory over some steps. `npm run check:webgpu` runs every fixture, and a thousand steps of every model.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { openBenchPage, serveBench, type BenchServer } from '../bench/browser';
import { representatives } from '../tests/support/chosenModels';
import type { Fixture } from '../tests/support/fixture';

/** Of models whose steps run every kernel that any model's step runs: the fixture with most of it switched on. */
const fixtures: Readonly<Record<string, string>> = {
  finetune: 'baselines/fixtures/finetune',
  pnn: 'pnn/fixtures/default',
  ple: 'baselines/fixtures/ple-2',
  aesm2: 'aesm2/fixtures/default',
  adasparse: 'adasparse/fixtures/fusion',
  adl: 'adl/fixtures/default',
  // MAMDR trains Mix's network; its procedure is proved in training runs.
  mamdr: 'baselines/fixtures/mix-off',
  causalint: 'causalint/fixtures/full',
  mscan: 'mscan/fixtures/full',
  optmsm: 'optmsm/fixtures/fcn',
  sarnet: 'sarnet/fixtures/full',
  aread: 'aread/fixtures/masked',
};

const TOLERANCE = 1e-3;

let server: BenchServer;

test.beforeAll(async () => {
  server = await serveBench();
});

test.afterAll(async () => {
  await server.close();
});

test.beforeEach(async ({ page }) => {
  await openBenchPage(page, server);
  const backend = await page.evaluate(() => window.bench!.open('webgpu'));
  expect(backend.name, backend.reason).toBe('webgpu');
});

test('models agree with PyTorch within 1e-3: outputs, losses, gradients, and where three steps lead', async ({
  page,
}) => {
  // Twelve models' programs are compiled on the processor: 4 minutes beside another browser, more where the cores are busy.
  test.setTimeout(900_000);
  expect(Object.keys(fixtures).sort()).toEqual(
    representatives()
      .map(({ id }) => id)
      .sort(),
  );
  for (const [model, path] of Object.entries(fixtures)) {
    const text = readFileSync(`tests/reference/${path}.json`, 'utf8');
    const fixture = JSON.parse(text) as Fixture;
    expect(fixture.model).toBe(model === 'mamdr' ? 'mix' : model);
    const deviations = await page.evaluate((given) => window.bench!.compare(given), fixture);
    for (const part of ['output', 'loss', 'gradient', 'adam'])
      expect(new Set(deviations.map((deviation) => deviation.part)), model).toContain(part);
    for (const { what, error } of deviations) expect(error, `${model}: ${what}`).toBeLessThan(TOLERANCE);
  }
});

test('neither tensors nor bytes on the GPU grow while a model trains and is evaluated', async ({ page }) => {
  const { before, readings, after, steps } = await page.evaluate(() => window.bench!.longRun('mmoe', 48, 8));
  expect(steps).toBe(48);
  const [warm, ...later] = readings.filter(({ step }) => step >= 16);
  expect(warm!.gpuBytes).toBeGreaterThan(0);
  expect(later.at(-1)?.step).toBe(48);
  for (const now of later) expect(now).toEqual({ ...warm!, step: now.step });
  expect(after.tensors).toBe(before.tensors);
});
