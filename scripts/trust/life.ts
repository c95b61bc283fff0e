/** One life of a browser: it opens on what the last one left, is checked, does some of what people do, and is killed. */
import { openBrowser } from './browser';
import { sightOf, watch } from './witness';
import type { KillableBrowser } from './browser';
import type { SeenRun, Witness } from './witness';
import type { Page } from '@playwright/test';

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface LifeOptions {
  readonly profile: string;
  readonly address: string;
  readonly witness: Witness;
  readonly draw: () => number;
  /** The longest that it lives after it was checked, in milliseconds. */
  readonly longest: number;
  /** Whether a run that was under way is gone on with, which shows that its checkpoint can be read. */
  readonly goOn: boolean;
}

const MODELS = ['mmoe', 'shared-bottom', 'star', 'ple'] as const;
const CLICK_MS = 5_000;
const READY_MS = 60_000;
/** A list that is shown before it is read is looked at again for so long. */
const SETTLE_MS = 15_000;

const query = (given: Readonly<Record<string, string | number>>): string =>
  new URLSearchParams(
    Object.entries({
      preset: 'tiny',
      batch: 64,
      evaluationRows: 60,
      stopMetric: 'none',
      backend: 'wasm',
      ...given,
    }).map(([key, value]) => [key, String(value)]),
  ).toString();

const waiting = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks until nothing is missing, or for as long as a page may take to read what is kept. */
async function missing(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    const found = await look();
    if (found.length === 0 || performance.now() > until) return found;
    await waiting(100);
  }
}

const control = (page: Page, name: string) => page.getByTestId(name);

async function listed(page: Page): Promise<readonly SeenRun[]> {
  return (await sightOf(page))?.runs ?? [];
}

/** @returns sentences of what was accepted before and is missing now */
export async function live(options: LifeOptions): Promise<readonly string[]> {
  const { witness, draw } = options;
  const browser = await openBrowser(options.profile);
  try {
    const { page } = browser;
    page.setDefaultTimeout(READY_MS);
    await page.goto(`${options.address}?${query({ model: MODELS[Math.floor(draw() * MODELS.length)]! })}`);
    await control(page, 'app').waitFor();
    let list: readonly SeenRun[] = [];
    const lost = [
      ...(await missing(async () => witness.missingRuns((list = await listed(page))))),
      ...(options.goOn ? await goneOnWith(page, list) : []),
      ...(await checkQueue(page, witness)),
    ];
    if (lost.length > 0) return lost;
    witness.settle(await listed(page));
    await watch(page, (sight) => witness.see(sight));
    await actAndDie(browser, options);
    return [];
  } finally {
    await browser.kill();
  }
}

/** The newest run that was under way goes on from where it is kept. */
async function goneOnWith(page: Page, list: readonly SeenRun[]): Promise<readonly string[]> {
  const run = list.find(({ status, step }) => (status === 'interrupted' || status === 'paused') && step > 0);
  if (!run) return [];
  try {
    await page
      .locator(`[data-testid=run-list] li[data-run="${run.id}"] .run-open`)
      .click({ timeout: CLICK_MS });
    await page.getByRole('button', { name: 'Go on training' }).click({ timeout: CLICK_MS });
  } catch {
    // The queue goes on with it already.
  }
  const found = await missing(async () => {
    const sight = await sightOf(page);
    if (sight?.run === run.id && sight.state !== 'failed' && sight.step >= run.step) return [];
    return [
      `The run ${run.id} is kept at step ${run.step} and cannot be gone on with (${sight?.state ?? 'no page'}).`,
    ];
  });
  await control(page, 'reset')
    .click()
    .catch(() => undefined);
  return found;
}

async function checkQueue(page: Page, witness: Witness): Promise<readonly string[]> {
  if (witness.queue.total === 0 && witness.ablations === 0) return [];
  await page.getByRole('link', { name: 'Compare' }).click();
  await control(page, 'compare-runs').waitFor();
  const found = await missing(async () => {
    const sight = await sightOf(page);
    return sight?.ablations === undefined || sight.ablations === null
      ? ['The Compare page did not open.']
      : witness.missingQueue(sight);
  });
  await page.getByRole('link', { name: 'Lab' }).click();
  await control(page, 'train').waitFor();
  return found;
}

/** Does something, and is killed somewhere in it. */
async function actAndDie(browser: KillableBrowser, options: LifeOptions): Promise<void> {
  const { draw, longest } = options;
  const { page } = browser;
  await page.goto(
    `${options.address}?${query({
      model: MODELS[Math.floor(draw() * MODELS.length)]!,
      seed: Math.floor(draw() * 1000),
      // Some end by themselves within the life.
      steps: draw() < 0.3 ? 30 : 100_000,
      evaluateEvery: draw() < 0.5 ? 10 : 100,
    })}`,
  );
  await control(page, 'app').waitFor();
  // Drawn before: how long an act takes must not decide when its browser dies.
  const lives = longest * draw() ** 2;
  const acts = act(page, options).catch(() => undefined); // it dies in the middle of it
  await Promise.race([Promise.all([acts, waiting(lives)]), waiting(lives)]);
  await browser.kill();
  await acts;
}

async function act(page: Page, { draw, witness }: LifeOptions): Promise<void> {
  const chosen = draw();
  if (chosen < 0.25 && witness.runs.size > 0) return ablate(page, draw);
  if (chosen < 0.4 && witness.runs.size > 1) return renameRun(page, draw);
  await control(page, 'train').click();
  await waiting(3_000 * draw());
  if (chosen < 0.7) return;
  await control(page, 'pause').click();
  await waiting(500 * draw());
  if (chosen < 0.85) await control(page, 'stop').click();
  else await control(page, 'pause').click();
}

/** Queues the ablation of a kept run. */
async function ablate(page: Page, draw: () => number): Promise<void> {
  await page.getByRole('link', { name: 'Compare' }).click();
  await control(page, 'compare-runs').getByRole('checkbox').first().check();
  await control(page, 'ablate-seeds').fill(String(1 + Math.floor(2 * draw())));
  await control(page, 'ablate').click();
}

async function renameRun(page: Page, draw: () => number): Promise<void> {
  const rows = control(page, 'run-list').getByRole('listitem');
  const row = rows.nth(Math.floor(draw() * (await rows.count())));
  await row.hover();
  await row.getByRole('button', { name: /^Rename/ }).click();
  await page.getByLabel('New name').fill(`named ${Math.floor(draw() * 1e6)}`);
  await page.getByLabel('New name').press('Enter');
}
