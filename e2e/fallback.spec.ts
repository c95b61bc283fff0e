import { spawn } from 'node:child_process';
import { expect, test } from './support/lab';

test('without WebGPU the page trains on WASM and says why', async ({ lab, page }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined }));
  await lab.open({ preset: 'tiny', batch: 256, steps: 10, evaluateEvery: 5, autostart: 1 });
  await lab.expectState('done');
  expect(await lab.app.getAttribute('data-backend')).toBe('wasm');
  await expect(page.getByTestId('status-line')).toContainText(/WASM/i);
});

test('an isolated page trains on WASM with threads, as many as the status line says', async ({
  lab,
  page,
}) => {
  await lab.open({ preset: 'tiny', batch: 256, steps: 10, evaluateEvery: 5, backend: 'wasm', autostart: 1 });
  await lab.expectState('done');
  const cores = await page.evaluate(() => (window.crossOriginIsolated ? navigator.hardwareConcurrency : 0));
  expect(cores).toBeGreaterThan(0);
  const threads = Math.min(4, cores);
  await expect(page.getByTestId('status-line')).toContainText(
    `WASM (${threads} thread${threads === 1 ? '' : 's'}, SIMD)`,
  );
});

test('without the isolation headers WASM runs on one thread', async ({ lab, page }) => {
  const port = 4199;
  const server = spawn('node', ['scripts/serve.mjs', '--port', String(port), '--no-isolation'], {
    stdio: 'pipe',
  });
  try {
    await new Promise<void>((resolve) => server.stdout.once('data', () => resolve()));
    await page.goto(
      `http://localhost:${port}/?preset=tiny&batch=256&steps=10&evaluateEvery=5&backend=wasm&autostart=1`,
    );
    await lab.expectState('done');
    expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(false);
    await expect(page.getByTestId('status-line')).toContainText('WASM (1 thread, SIMD)');
    expect(Object.keys(await lab.aucs())).toHaveLength(3);
  } finally {
    server.kill();
  }
});
