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

export interface BenchServer {
  /** Address of the benchmark page. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the benchmark page, straight from the sources. */
export async function serveBench(): Promise<BenchServer> {
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
  return { url: `${server.resolvedUrls!.local[0]}bench/page.html`, close: () => server.close() };
}

/** Opens the benchmark page and waits until it can be called. */
export async function openBenchPage(page: Page, { url }: BenchServer): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => window.bench !== undefined, undefined, { timeout: 120_000 });
}

/**
 * Opens the page, hands it over and closes everything afterwards.
 *
 * @param software allows the software WebGPU adapter
 * @param more flags of Chromium
 */
export async function withBenchPage<T>(
  software: boolean,
  work: (page: Page) => Promise<T>,
  more: readonly string[] = [],
): Promise<T> {
  const server = await serveBench();
  const browser = await chromium.launch({
    executablePath: systemBrowser(),
    args: [...flags, ...(software ? ['--enable-unsafe-webgpu'] : []), ...more],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) process.stderr.write(`console: ${message.text()}\n`);
    });
    await openBenchPage(page, server);
    return await work(page);
  } finally {
    await browser.close();
    await server.close();
  }
}
