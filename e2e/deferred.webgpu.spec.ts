/** Values that WebGPU makes together, many in one program, against the CPU backend, on the software adapter. */
import { expect, test } from '@playwright/test';
import { openBenchPage, serveBench } from '../bench/browser';

test('every deferred kernel and random chains of them agree with the CPU backend', async ({ page }) => {
  const server = await serveBench();
  try {
    await openBenchPage(page, server);
    const backend = await page.evaluate(() => window.bench!.open('webgpu'));
    expect(backend.name, backend.reason).toBe('webgpu');
    const worst = await page.evaluate(() => window.bench!.compareKernels());
    expect(Object.keys(worst).length).toBeGreaterThan(30);
    for (const [kernel, error] of Object.entries(worst)) expect(error, kernel).toBeLessThan(2e-5);
  } finally {
    await server.close();
  }
});
