/** Runs the benchmark page in headless Chromium. */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from '@playwright/test';
import { createServer } from 'vite';

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Headless Chromium offers no WebGPU by itself, only with this. */
const webgpuFlag = '--enable-unsafe-webgpu';
/** On Linux Chromium reaches a card by Vulkan alone; a window of its own, which a server has not, needs nothing of it. */
const cardFlags =
  process.platform === 'linux'
    ? ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface', '--ignore-gpu-blocklist']
    : [];

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
  await page.goto(url, { timeout: 120_000 });
  await page.waitForFunction(() => window.bench !== undefined, undefined, { timeout: 120_000 });
}

export interface BenchBrowser {
  /** The benchmark page, ready to be called. */
  readonly page: () => Page;
  /** Ends the browser, whatever it is at, and starts another with a fresh page. */
  readonly restart: () => Promise<Page>;
}

/** What a browser may compute on; asking for a card where there is none keeps its software one drawing all the time. */
export type Graphics = 'card' | 'software';

/** @throws Error saying what to install, where there is no Chromium */
async function launch(graphics: Graphics, more: readonly string[]): Promise<Browser> {
  const executablePath = systemBrowser();
  const args = [...flags, webgpuFlag, ...(graphics === 'card' ? cardFlags : []), ...more];
  try {
    // Playwright’s smaller browser for headless work never uses a card.
    return await chromium.launch(executablePath ? { executablePath, args } : { channel: 'chromium', args });
  } catch (error) {
    const [reason] = String(error).split('\n');
    throw new Error(
      `Chromium does not start (${reason}); install it (apt-get install chromium), or run "npx playwright install chromium".`,
      { cause: error },
    );
  }
}

/** What a page complains about, on stderr. */
function listen(page: Page): void {
  page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) process.stderr.write(`console: ${message.text()}\n`);
  });
}

/**
 * Opens the page in a browser, hands both over and closes everything afterwards.
 *
 * @param graphics where WebGPU computes; for WASM, which uses neither, the software adapter
 * @param more flags of Chromium
 */
export async function withBenchBrowser<T>(
  graphics: Graphics,
  work: (given: BenchBrowser) => Promise<T>,
  more: readonly string[] = [],
): Promise<T> {
  const server = await serveBench();
  let browser: Browser | null = null;
  try {
    const start = async (): Promise<Page> => {
      browser = await launch(graphics, more);
      const page = await browser.newPage();
      listen(page);
      await openBenchPage(page, server);
      return page;
    };
    let page = await start();
    return await work({
      page: () => page,
      async restart() {
        await browser?.close();
        return (page = await start());
      },
    });
  } finally {
    await (browser as Browser | null)?.close();
    await server.close();
  }
}

/** The same with one page for all of the work. */
export function withBenchPage<T>(
  graphics: Graphics,
  work: (page: Page) => Promise<T>,
  more: readonly string[] = [],
): Promise<T> {
  return withBenchBrowser(graphics, ({ page }) => work(page()), more);
}
