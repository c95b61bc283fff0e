/**
 * Milliseconds from the address to the first AUC of every scenario, each time in a fresh browser that has cached nothing.
 *
 * Several addresses are opened by turns, so that a busy machine slows all of them alike: the page before a change and after it, each built and served by
 * `scripts/serve.mjs` on a port of its own. `cpu` is the processor time of the whole browser, from its own start until then.
 *
 *   npx tsx bench/firstVisit.ts [--openings 11] http://localhost:4173/ [http://localhost:4174/ …]
 */
import { chromium } from '@playwright/test';
import { parseCommandLine, refuse, wholeNumber } from '../scripts/commandLine.mjs';
import { ensureChromium } from '../scripts/setup.mjs';

interface Opening {
  readonly milliseconds: number;
  readonly cpu: number;
}

/** Waits in the page: a question from outside would come late. */
function watch(): void {
  const timer = setInterval(() => {
    const cells = [...document.querySelectorAll('[data-testid=scenario-table] [data-metric=auc]')];
    if (cells.length === 0 || cells.some((cell) => !/^(0\.\d|1|undefined)/.test(cell.textContent.trim())))
      return;
    document.documentElement.dataset['firstAuc'] = String(performance.now());
    clearInterval(timer);
  }, 5);
}

async function open(executablePath: string, address: string): Promise<Opening> {
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 720 },
      serviceWorkers: 'block',
    });
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto(`${address}?autostart=1`);
    await page.waitForFunction(() => document.documentElement.dataset['firstAuc'], null, {
      timeout: 120_000,
    });
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const milliseconds = await page.evaluate(() => Number(document.documentElement.dataset['firstAuc']));
    return { milliseconds, cpu: 1000 * processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0) };
  } finally {
    await browser.close();
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseCommandLine({
    allowPositionals: true,
    options: { openings: { type: 'string', default: '11' } },
  });
  const openings = wholeNumber('--openings', values.openings);
  const addresses = positionals.length > 0 ? positionals : ['http://localhost:4173/'];
  for (const address of addresses) {
    const there = URL.canParse(address) && (await fetch(address).catch(() => null));
    if (!there || !there.ok) refuse(`Nothing is served at ${address}; "npm start" serves the built page.`);
  }
  const executablePath = (await ensureChromium()) || chromium.executablePath();
  const measured = addresses.map((address) => ({ address, all: [] as Opening[] }));
  for (let n = 0; n < openings; n++)
    for (const { address, all } of n % 2 ? measured : [...measured].reverse())
      all.push(await open(executablePath, address));
  for (const { address, all } of measured) {
    const sorted = (of: (one: Opening) => number): number[] => all.map(of).sort((a, b) => a - b);
    const [times, cpu] = [sorted((one) => one.milliseconds), sorted((one) => one.cpu)];
    const middle = openings >> 1;
    const figures = { least: times[0]!, median: times[middle]!, most: times.at(-1)!, cpu: cpu[middle]! };
    console.log(
      JSON.stringify({ address, ...figures }, (_, value: unknown) =>
        typeof value === 'number' ? Math.round(value) : value,
      ),
    );
  }
}

await main();
