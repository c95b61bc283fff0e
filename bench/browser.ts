/** Runs the benchmark page in headless Chromium. */
import { existsSync } from 'node:fs';
import { chromium, type Page } from '@playwright/test';
import { createServer } from 'vite';

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A system browser where there is one; else Playwright's own. */
function systemBrowser(): string | undefined {
  return ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
}

/** Opens the page, hands it over and closes everything afterwards. `software` allows the software WebGPU adapter. */
export async function withBenchPage<T>(software: boolean, work: (page: Page) => Promise<T>): Promise<T> {
  const server = await createServer({
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    // Named, so that none is discovered late and reloads the page.
    optimizeDeps: {
      noDiscovery: true,
      include: [
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-backend-cpu',
        '@tensorflow/tfjs-backend-wasm',
        '@tensorflow/tfjs-backend-webgpu',
        'zod',
      ],
    },
    cacheDir: 'node_modules/.vite-bench',
  });
  await server.listen();
  const browser = await chromium.launch({
    executablePath: systemBrowser(),
    args: software ? [...flags, '--enable-unsafe-webgpu'] : flags,
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) process.stderr.write(`console: ${message.text()}\n`);
    });
    await page.goto(`${server.resolvedUrls!.local[0]}bench/page.html`);
    await page.waitForFunction(() => window.bench !== undefined, undefined, { timeout: 120_000 });
    return await work(page);
  } finally {
    await browser.close();
    await server.close();
  }
}
