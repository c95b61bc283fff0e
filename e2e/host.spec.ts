import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { staticFiles } from '../scripts/serve.mjs';
import { expect, test } from './support/lab';

test.use({ serviceWorkers: 'allow' });

test('in a folder of a host that sends no headers the page trains with threads', async ({ lab, page }) => {
  const files = staticFiles('dist', {});
  const host = createServer((request, response) => {
    if (!request.url?.startsWith('/some/path/')) return response.writeHead(404).end();
    request.url = request.url.slice('/some/path'.length);
    files(request, response);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = host.address() as AddressInfo;
    const query = 'preset=tiny&batch=256&steps=10&evaluateEvery=5&backend=wasm&autostart=1';
    await page.goto(`http://localhost:${port}/some/path/?${query}`);
    await lab.expectState('done');
    expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
    const threads = Math.min(4, await page.evaluate(() => navigator.hardwareConcurrency));
    await expect(page.getByTestId('status-line')).toContainText(`WASM (${threads} thread`);
    expect(Object.keys(await lab.aucs())).toHaveLength(3);
    // What the host's headers would have said is said by the page itself.
    const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
    await expect(policy).toHaveAttribute('content', /script-src 'self' 'wasm-unsafe-eval'/);
  } finally {
    host.closeAllConnections();
    host.close();
  }
});
