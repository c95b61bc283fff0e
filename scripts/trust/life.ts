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

/** What a life does before it ends. */
export const ACTS = ['train', 'train', 'pause', 'resume', 'stop', 'rename', 'ablate', 'ablate'] as const;
export type Act = (typeof ACTS)[number];

export interface LifeOptions {
  readonly profile: string;
  readonly address: string;
  readonly witness: Witness;
  readonly draw: () => number;
  /** The longest that it lives after it was checked, or after what it did was accepted, in milliseconds. */
  readonly longest: number;
  /** A list that is shown before it is read is looked at again for so many milliseconds. */
  readonly settle: number;
  /** What it does; an ablation and a new name need a kept run, without one it trains. */
  readonly act: Act;
  /** Whether a run that was under way is gone on with, which shows that its checkpoint can be read. */
  readonly goOn: boolean;
}

const MODELS = ['mmoe', 'shared-bottom', 'star', 'ple'] as const;
const CLICK_MS = 5_000;
const READY_MS = 60_000;
/** What a run computes on is opened within this, also while other browsers have the cores. */
const GO_ON_MS = 30_000;
/** Most lives end after what they did was accepted, but wait no longer than this for it. */
const ACCEPTED_MS = 10_000;

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
async function missing(settle: number, look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const until = performance.now() + settle;
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
  const { witness, draw, settle } = options;
  const browser = await openBrowser(options.profile);
  try {
    const { page } = browser;
    page.setDefaultTimeout(READY_MS);
    // What stood before counts from when it was checked.
    let checked = false;
    await watch(page, (sight) => checked && witness.see(sight));
    const address = `${options.address}?${query({
      model: MODELS[Math.floor(draw() * MODELS.length)]!,
      seed: Math.floor(draw() * 1000),
      // Some end by themselves within the life.
      steps: draw() < 0.3 ? 30 : 100_000,
      evaluateEvery: draw() < 0.5 ? 10 : 100,
    })}`;
    await page.goto(address);
    await control(page, 'app').waitFor();
    let list: readonly SeenRun[] = [];
    const lost = [
      ...(await missing(settle, async () => witness.missingRuns((list = await listed(page))))),
      ...(options.goOn ? await goneOnWith(page, list) : []),
      ...(await checkQueue(page, witness, settle)),
    ];
    if (lost.length > 0) return lost;
    // Going on with a run has set up the page for it.
    if (options.goOn) await page.goto(address);
    await control(page, 'train').waitFor();
    witness.settle(await listed(page));
    checked = true;
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
  const found = await missing(GO_ON_MS, async () => {
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

async function checkQueue(page: Page, witness: Witness, settle: number): Promise<readonly string[]> {
  if (witness.queue.total === 0 && witness.ablations === 0) return [];
  await page.getByRole('link', { name: 'Compare' }).click();
  await control(page, 'compare-runs').waitFor();
  const found = await missing(settle, async () => {
    const sight = await sightOf(page);
    return sight?.ablations === undefined || sight.ablations === null
      ? ['The Compare page did not open.']
      : witness.missingQueue(sight);
  });
  await page.getByRole('link', { name: 'Lab' }).click();
  await control(page, 'train').waitFor();
  return found;
}

/** Does something, and is killed somewhere in it or soon after. */
async function actAndDie(browser: KillableBrowser, options: LifeOptions): Promise<void> {
  const { draw, longest } = options;
  // Drawn before: how long an act takes must not decide when its browser dies.
  const [during, lives] = [draw() < 0.3, longest * draw() ** 2];
  const acts = perform(browser.page, options).catch(() => undefined); // it dies in the middle of it
  if (!during) await Promise.race([acts, waiting(ACCEPTED_MS)]);
  await waiting(lives);
  await browser.kill();
  await acts;
}

/** Resolves once the page shows as accepted what was done. */
async function perform(page: Page, { act, draw, longest, witness }: LifeOptions): Promise<void> {
  if (witness.runs.size > 0 && act === 'ablate') return ablate(page, draw);
  if (witness.runs.size > 0 && act === 'rename') return renameRun(page, draw);
  const before = (await sightOf(page))?.run ?? '';
  await control(page, 'train').click();
  await page.locator(`[data-testid=app][data-run]:not([data-run="${before}"], [data-run=""])`).waitFor();
  if (act !== 'pause' && act !== 'resume' && act !== 'stop') return;
  await waiting((longest / 2) * draw());
  await control(page, 'pause').click();
  if (act === 'pause') return;
  await waiting(500 * draw());
  await control(page, act === 'stop' ? 'stop' : 'pause').click();
}

/** Queues the ablation of a kept run. */
async function ablate(page: Page, draw: () => number): Promise<void> {
  await page.getByRole('link', { name: 'Compare' }).click();
  await control(page, 'compare-runs').getByRole('checkbox').first().check();
  await control(page, 'ablate-seeds').fill(String(1 + Math.floor(2 * draw())));
  await control(page, 'ablate').click();
  await control(page, 'queue').waitFor();
}

async function renameRun(page: Page, draw: () => number): Promise<void> {
  const rows = control(page, 'run-list').getByRole('listitem');
  const row = rows.nth(Math.floor(draw() * (await rows.count())));
  await row.hover();
  await row.getByRole('button', { name: /^Rename/ }).click();
  await page.getByLabel('New name').fill(`named ${Math.floor(draw() * 1e6)}`);
  await page.getByLabel('New name').press('Enter');
}
