/**
 * Makes the pictures of the documentation from the built page: `npm run screenshots`. Every scene trains once on WASM and is
 * drawn light and dark: docs/img/<picture>-<scheme>.png. Arguments choose scenes by name.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { ensureChromium, fail, root, run } from './setup.mjs';
import { smallPng } from './smallPng.mjs';
import { expectKnown, parseCommandLine } from './commandLine.mjs';

const atLength = { backend: 'wasm', evaluateEvery: 20, stopMetric: 'logLoss', patience: 50 };

/**
 * A scene trains once and gives several pictures; each says which tab, what is pressed before it is taken and what must be
 * there then. A picture of a tab is the tab's panel alone, as high as it needs to be; one without a tab is the whole page.
 */
const scenes = {
  lab: {
    query: { model: 'mmoe', steps: 160, evaluateEvery: 10, backend: 'wasm' },
    untilStep: 60,
    pictures: { lab: {} },
  },
  mmoe: {
    query: { model: 'mmoe', ...atLength, steps: 200 },
    pictures: { 'mmoe-gates': { tab: 'gates' } },
  },
  sarnet: {
    query: { model: 'sarnet', dataset: 'travel-20', ...atLength, steps: 300 },
    pictures: {
      'sarnet-gates': { tab: 'gates' },
      'sarnet-fairness': { tab: 'fairness' },
      'sarnet-attention': { tab: 'attention' },
      'sarnet-graph': { tab: 'graph' },
    },
  },
  causalint: {
    query: { model: 'causalint', ...atLength, steps: 200 },
    pictures: {
      'causalint-votes': { tab: 'counterfactual', steps: [{ click: 'votes-truth' }, { see: 'votes-error' }] },
      'causalint-gates': { tab: 'gates' },
      'causalint-conflict': { tab: 'conflict' },
      'causalint-graph': { tab: 'graph' },
    },
  },
  optmsm: {
    query: { model: 'optmsm', ...atLength, steps: 200 },
    pictures: {
      'optmsm-gates': { tab: 'gates' },
      'optmsm-graph': { tab: 'graph' },
      'optmsm-representation': { tab: 'representation', steps: [{ click: 'train-twin' }, { see: 'pane-1' }] },
    },
  },
  mscan: {
    query: { model: 'mscan', ...atLength, steps: 300 },
    pictures: {
      'mscan-attention': { tab: 'attention' },
      'mscan-graph': { tab: 'graph' },
      'mscan-counterfactual': {
        tab: 'counterfactual',
        steps: [
          { lead: 'alpha-sweep' },
          { click: 'alpha-sweep' },
          { rows: ['figure-alpha-sweep-data', 5] },
          { lead: 'c-alpha' },
          { click: 'score-grid' },
          { rows: ['figure-c-alpha-data', 5] },
          { lead: 'c-sweep' },
          { click: 'score-rows' },
          { see: 'c-slider' },
        ],
      },
    },
  },
  aread: {
    query: { model: 'aread', dataset: 'amazon-25', ...atLength, steps: 300 },
    pictures: {
      'aread-masks': { tab: 'masks' },
      'aread-gates': { tab: 'gates' },
      'aread-graph': { tab: 'graph' },
    },
  },
  compare: {
    query: { model: 'causalint', ...atLength, batch: 512, steps: 120 },
    pictures: {
      compare: {
        height: 900,
        steps: [
          { page: 'Compare' },
          { check: 'compare-runs' },
          { choose: ['ablate-rows', 'Table 4'] },
          { click: 'ablate' },
          { settled: 'ablation' },
        ],
      },
    },
  },
  data: {
    query: { page: 'data', dataset: 'amazon-25' },
    idle: true,
    pictures: {
      data: { steps: [{ see: 'dataset-scenarios' }] },
      simulator: { steps: [{ click: 'open-simulator' }, { see: 'simulator' }] },
    },
  },
  reproduce: {
    query: { page: 'reproduce', paper: 'mscan' },
    idle: true,
    pictures: {
      'reproduce-claims': { height: 900, steps: [{ see: 'claims' }] },
      'reproduce-tables': { height: 900, steps: [{ part: 'Tables' }, { see: 'table-select' }] },
      'reproduce-doses': { height: 1100, steps: [{ part: 'Doses' }, { see: 'figure-dose-mscan' }] },
      'reproduce-ranks': { height: 1250, steps: [{ part: 'Ranks' }, { see: 'figure-ranks' }] },
    },
  },
};

/** Of each story the screen that tells most, at a laptop's width and a phone's. */
const telling = {
  scenarios: { screen: 3, see: 'step-said', clicks: ['next-step', 4] },
  sarnet: { screen: 3, see: 'step-said', clicks: ['next-step', 4] },
  causalint: { screen: 3, see: 'step-said', clicks: ['next-step', 2] },
  optmsm: { screen: 1, see: 'figure-learn-crowd' },
  mscan: { screen: 4, see: 'figure-learn-doses' },
  aread: { screen: 3, see: 'step-said', clicks: ['next-step', 1] },
};
scenes.learn = {
  query: { page: 'learn' },
  idle: true,
  scale: 1,
  pictures: Object.fromEntries(
    Object.entries(telling).flatMap(([story, { screen, see, clicks }]) =>
      [1280, 390].map((width) => [
        `learn-${story}${width === 390 ? '-phone' : ''}`,
        {
          width,
          whole: true,
          steps: [{ address: { page: 'learn', story, screen } }, { see }, ...(clicks ? [{ clicks }] : [])],
        },
      ]),
    ),
  ),
};

/** Trainings at `browser` sizes take minutes where the machine has other work. */
const LONG = 900_000;

const { positionals: asked } = parseCommandLine({ allowPositionals: true, options: {} });
expectKnown('scene', asked, Object.keys(scenes));

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

/** Until the page has trained as far as the scene wants: to its end, or to a step on the way. */
async function trained(page, scene) {
  await page.getByTestId('app').waitFor();
  if (scene.idle) return;
  const state = await page
    .waitForFunction(
      (step) => {
        const app = document.querySelector('[data-testid=app]');
        const state = app?.getAttribute('data-state') ?? '';
        if (['done', 'failed'].includes(state)) return state;
        return step !== null && Number(app?.getAttribute('data-step')) >= step ? state : false;
      },
      scene.untilStep ?? null,
      { timeout: LONG },
    )
    .then((handle) => handle.jsonValue());
  if (state === 'failed') throw new Error('The training failed.');
}

async function prepare(page, steps = []) {
  for (const step of steps) {
    if (step.address) await page.goto(`${server.address}?${new URLSearchParams(step.address)}`);
    if (step.page) await page.getByRole('link', { name: step.page, exact: true }).click();
    if (step.lead) {
      const button = page.getByTestId(`figure-${step.lead}`).getByTestId('make-lead');
      if (await button.isVisible()) await button.click();
    }
    if (step.part) await page.getByTestId('reproduce-part').getByText(step.part, { exact: true }).click();
    if (step.click) await page.getByTestId(step.click).click({ timeout: LONG });
    if (step.check) await page.getByTestId(step.check).getByRole('checkbox').first().check();
    if (step.choose) await page.getByTestId(step.choose[0]).selectOption({ value: step.choose[1] });
    if (step.see) await page.getByTestId(step.see).first().waitFor({ timeout: LONG });
    for (let click = 0; click < (step.clicks?.[1] ?? 0); click++)
      await page.getByTestId(step.clicks[0]).click();
    if (step.rows)
      await page.waitForFunction(
        ([id, count]) => document.querySelectorAll(`[data-testid=${id}] tbody tr`).length >= count,
        step.rows,
        { timeout: LONG },
      );
    if (step.settled)
      await page.waitForFunction(
        (id) => {
          const data = document.querySelector(`[data-testid=${id}]`)?.dataset;
          return data?.total !== undefined && data.done === data.total;
        },
        step.settled,
        { timeout: LONG },
      );
  }
}

/** Makes the window as high as a part needs to show all that it holds: the tab's panel, or the page. */
async function unroll(page, part = page.getByRole('tabpanel')) {
  // Figures that grow with the panel settle in a second pass.
  for (let pass = 0; pass < 2; pass++) {
    await page.waitForTimeout(1000);
    const hidden = await part.evaluate((panel) => panel.scrollHeight - panel.clientHeight);
    const { width, height } = page.viewportSize();
    await page.setViewportSize({ width, height: height + Math.max(0, hidden) });
  }
}

/** A page of documentation shows the first figures of a tab that has many: whole ones, up to this height in pixels. */
const TALLEST = 1700;

/** The panel's rectangle with a margin, inside the window. */
async function around(page) {
  const margin = 12;
  const panel = page.getByRole('tabpanel');
  const { x, y, width, height } = await panel.boundingBox();
  const ends = await panel
    .locator(':scope > *')
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().bottom));
  const fitting = ends.map((end) => end - y).filter((end) => end <= TALLEST);
  const shown = height <= TALLEST ? height : Math.max(...fitting, 0) || TALLEST;
  return { x: x - margin, y, width: width + 2 * margin, height: shown + margin };
}

for (const [name, scene] of Object.entries(scenes)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const page = await browser.newPage({
    viewport: { width: 1280, height: 720 },
    deviceScaleFactor: scene.scale ?? 1.5,
  });
  await page.goto(
    `${server.address}?${new URLSearchParams({ ...scene.query, ...(scene.idle ? {} : { autostart: 1 }) })}`,
  );
  await trained(page, scene);
  for (const [picture, { tab, width = 1280, height = 720, whole = false, steps }] of Object.entries(
    scene.pictures,
  )) {
    await page.setViewportSize({ width: tab ? 1440 : width, height });
    if (tab) await page.getByTestId(`tab-${tab}`).click();
    await prepare(page, steps);
    if (tab) await unroll(page);
    else if (whole) await unroll(page, page.locator('.page'));
    // A pointer left on a chart would open its tooltip.
    await page.mouse.move(0, 0);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      // Charts are fetched and drawn after the numbers are there.
      await page.waitForTimeout(1500);
      const drawn = await page.screenshot(tab ? { clip: await around(page) } : {});
      writeFileSync(`${root}docs/img/${picture}-${colorScheme}.png`, smallPng(drawn));
    }
  }
  await page.close();
  console.log(name);
}
await browser.close();
server.close();
