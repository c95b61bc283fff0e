/**
 * Makes the pictures of the documentation from the built page: `npm run screenshots`. Small runs on WASM, light and dark;
 * docs/img/<picture>-<scheme>.png. Arguments choose pictures by name.
 */
import { mkdirSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { ensureChromium, fail, root, run } from './setup.mjs';

const quick = { preset: 'tiny', batch: 512, evaluationRows: 600, stopMetric: 'none', backend: 'wasm' };
const travel = { model: 'sarnet', dataset: 'travel-20', ...quick, batch: 4096, steps: 60, evaluateEvery: 20 };
const causal = { model: 'causalint', ...quick, steps: 120, evaluateEvery: 20 };
const aread = {
  model: 'aread',
  dataset: 'amazon-25',
  ...quick,
  batch: 256,
  steps: 60,
  warmup: 20,
  maskInterval: 30,
  evaluateEvery: 10,
};

/** What each picture shows: address, tab, and what is pressed before it is taken. */
const pictures = {
  lab: {
    query: { model: 'mmoe', steps: 160, evaluateEvery: 10, backend: 'wasm' },
    wait: 'training',
    until: 60,
  },
  gates: { query: { model: 'mmoe', ...quick, steps: 120, evaluateEvery: 10 }, tab: 'gates' },
  masks: { query: aread, tab: 'masks' },
  counterfactual: {
    query: { model: 'mscan', ...quick, steps: 200, evaluateEvery: 20 },
    tab: 'counterfactual',
    press: 'score-rows',
    then: 'c-slider',
  },
  votes: { query: causal, tab: 'counterfactual', press: 'votes-truth', then: 'votes-error' },
  conflict: { query: causal, tab: 'conflict' },
  fairness: { query: travel, tab: 'fairness' },
  attention: { query: travel, tab: 'attention' },
  representation: {
    query: { model: 'optmsm', ...quick, preset: 'browser', steps: 120, evaluateEvery: 20 },
    tab: 'representation',
    press: 'train-twin',
    then: 'pane-1',
  },
  graph: { query: { model: 'causalint' }, tab: 'graph', idle: true },
  data: { query: { page: 'data' }, idle: true },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in pictures));
if (unknown.length > 0)
  fail(`There is no picture ${unknown.join(', ')}; pictures are ${Object.keys(pictures).join(', ')}.`, 2);

if (run('npx', ['vite', 'build', '--logLevel', 'warn']) !== 0) fail('The page could not be built.');
const { serve } = await import('./serve.mjs');
const server = await serve({ port: 4191, isolation: true });
const browser = await chromium.launch({
  executablePath: await ensureChromium(),
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
mkdirSync(`${root}docs/img`, { recursive: true });

for (const [name, picture] of Object.entries(pictures)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme });
    const query = new URLSearchParams({ ...picture.query, ...(picture.idle ? {} : { autostart: 1 }) });
    await page.goto(`${server.address}?${query}`);
    const app = page.getByTestId('app');
    await app.waitFor();
    if (picture.until) {
      await page.waitForFunction(
        (step) => Number(document.querySelector('[data-testid=app]')?.getAttribute('data-step')) >= step,
        picture.until,
        { timeout: 300_000 },
      );
    } else if (!picture.idle) {
      await page.waitForFunction(
        () =>
          ['done', 'failed'].includes(
            document.querySelector('[data-testid=app]')?.getAttribute('data-state') ?? '',
          ),
        undefined,
        { timeout: 300_000 },
      );
    }
    if (picture.tab) await page.getByTestId(`tab-${picture.tab}`).click();
    if (picture.press) await page.getByTestId(picture.press).click();
    if (picture.then) await page.getByTestId(picture.then).waitFor({ timeout: 120_000 });
    // Charts are fetched and drawn after the numbers are there.
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${root}docs/img/${name}-${colorScheme}.png` });
    await page.close();
  }
  console.log(name);
}
await browser.close();
server.close();
