/** Replayed steps compute the same bits as steps that are run, on the software WebGPU adapter. `npm run check:webgpu` does it for every model. */
import { expect, test } from '@playwright/test';
import { openBenchPage, serveBench, type BenchServer } from '../bench/browser';

let server: BenchServer;

test.beforeAll(async () => {
  server = await serveBench();
});

test.afterAll(async () => {
  await server.close();
});

// With dropout and batch norm.
test('twelve steps leave the same bits replayed and run', async ({ page }) => {
  await openBenchPage(page, server);
  const backend = await page.evaluate(() => window.bench!.open('webgpu'));
  expect(backend.name, backend.reason).toBe('webgpu');
  const found = await page.evaluate(() => window.bench!.compareReplay('mmoe', 16, 12));
  expect(found).toMatchObject({ differing: [], messages: [] });
  expect(found.dispatches).toBeGreaterThan(20);
  expect(found.arrays).toBeGreaterThan(20);
});

test('a backend whose device is gone is opened anew, and computes', async ({ page }) => {
  await openBenchPage(page, server);
  await page.evaluate(() => window.bench!.open('webgpu'));
  expect(await page.evaluate(() => window.bench!.loseDevice())).not.toBeNull();
  const backend = await page.evaluate(() => window.bench!.open('webgpu'));
  expect(backend.name, backend.reason).toBe('webgpu');
  const found = await page.evaluate(() => window.bench!.compareReplay('mix', 8, 8));
  expect(found).toMatchObject({ differing: [], messages: [] });
});
