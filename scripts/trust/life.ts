/** One life of a browser: it opens on what the last one left, is checked, does some of what people do, and is killed. */
import { openBrowser } from './browser';
import { sightOf, watch } from './witness';
import type { KillableBrowser } from './browser';
import type { SeenRun, Witness } from './witness';
import type { Page } from '@playwright/test';

/** What a person does. `finish` trains to the end, `runOn` until it must have been kept on the way. */
export const ACTS = ['train', 'finish', 'runOn', 'pause', 'resume', 'stop', 'rename', 'ablate'] as const;
export type Act = (typeof ACTS)[number];

/** What a life does, and when it ends. */
export interface Plan {
  readonly model: string;
  readonly seed: number;
  readonly steps: number;
  readonly evaluateEvery: number;
  /** Whether a run that was under way is gone on with first, which shows that its checkpoint can be read. */
  readonly goOn: boolean;
  /** One after the other; none: it only looks at what is left of the lives before. */
  readonly acts: readonly Act[];
  /** Killed in the middle of what it does, else once the page shows all of it as accepted. */
  readonly during: boolean;
  /** Milliseconds from there to its end. */
  readonly lives: number;
  /** Between two things that it does. */
  readonly pause: number;
}

export interface LifeOptions {
  readonly profile: string;
  readonly address: string;
  readonly witness: Witness;
  readonly plan: Plan;
  /** A list that is shown before it is read is looked at again for so many milliseconds. */
  readonly settle: number;
}

/** What came of a life. */
export interface Lived {
  /** Sentences of what was accepted before and is missing now. */
  readonly lost: readonly string[];
  /** What was done before the end. */
  readonly done: readonly Act[];
  /** Why the rest could not be done; null where all was, or the end came in the middle of it. */
  readonly hindered: string | null;
  /** What the page said last that it was in: `training`, `paused`, … */
  readonly state: string;
}

/** The only model of the harness with switches to ablate. */
export const ABLATED = { model: 'star', title: 'STAR' } as const;
const CLICK_MS = 5_000;
const READY_MS = 60_000;
/** So many steps of a run under way, and milliseconds, must have been kept on the way. */
const RUN_ON_STEPS = 450;
const RUN_ON_MS = 4_500;

const query = (given: Readonly<Record<string, string | number>>): string =>
  new URLSearchParams(
    Object.entries({
      // The smallest sample: a life is not about what is trained on.
      dataset: 'places-4',
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

/** @throws Error where the browser cannot be opened or the page does not come */
export async function live(options: LifeOptions): Promise<Lived> {
  const { witness, settle, plan } = options;
  const browser = await openBrowser(options.profile);
  try {
    const { page } = browser;
    page.setDefaultTimeout(READY_MS);
    // What stood before counts from when it was checked.
    let checked = false;
    await watch(page, (sight) => checked && witness.see(sight));
    const { model, seed, steps, evaluateEvery } = plan;
    const address = `${options.address}?${query({ model, seed, steps, evaluateEvery })}`;
    await page.goto(address);
    await control(page, 'app').waitFor();
    let list: readonly SeenRun[] = [];
    const lost = [
      ...(await missing(settle, async () => witness.missingRuns((list = await listed(page))))),
      ...(plan.goOn ? await goneOnWith(page, list, settle) : []),
      ...(await checkQueue(page, witness, settle)),
    ];
    if (lost.length > 0) return { lost, done: [], hindered: null, state: '' };
    // Going on with a run has set up the page for it.
    if (plan.goOn) await page.goto(address);
    await control(page, 'train').waitFor();
    witness.settle(await listed(page));
    checked = true;
    return { lost: [], ...(await actAndDie(browser, plan, witness)) };
  } finally {
    await browser.kill();
  }
}

/** The newest run that was under way goes on from where it is kept. */
async function goneOnWith(page: Page, list: readonly SeenRun[], settle: number): Promise<readonly string[]> {
  const run = list.find(({ status, step }) => (status === 'interrupted' || status === 'paused') && step > 0);
  if (!run) return [];
  let clicked = false;
  const found = await missing(settle, async () => {
    const sight = await sightOf(page);
    if (sight?.run === run.id && sight.state !== 'failed' && sight.step >= run.step) return [];
    // The queue may go on with it already: then it is the current run, and there is nothing to click.
    if (!clicked && sight?.run !== run.id) clicked = await clickGoOn(page, run.id);
    return [
      `The run ${run.id} is kept at step ${run.step} and cannot be gone on with (${clicked ? '' : 'not '}asked for; ${sight?.state ?? 'no page'}${sight?.run ? ` of ${sight.run}` : ''}).`,
    ];
  });
  await control(page, 'reset')
    .click()
    .catch(() => undefined);
  return found;
}

/** @returns whether the page took the click */
async function clickGoOn(page: Page, run: string): Promise<boolean> {
  try {
    const row = page.locator(`[data-testid=run-list] li[data-run="${run}"]:not(.current) .run-open`);
    if ((await row.count()) > 0) await row.click({ timeout: CLICK_MS });
    await page.getByRole('button', { name: 'Go on training' }).click({ timeout: CLICK_MS });
    return true;
  } catch {
    return false; // still being read, or the queue was quicker
  }
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
async function actAndDie(
  browser: KillableBrowser,
  plan: Plan,
  witness: Witness,
): Promise<Omit<Lived, 'lost'>> {
  const done: Act[] = [];
  let dead = false;
  let hindered: string | null = null;
  const acting = async (): Promise<void> => {
    try {
      for (const act of plan.acts) {
        if (done.length > 0) await waiting(plan.pause);
        await perform(browser.page, act, plan);
        done.push(act);
      }
    } catch (error) {
      // It died in the middle of it, or could not do it.
      if (!dead) hindered = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    }
  };
  const acts = acting();
  if (!plan.during) {
    await acts;
    // The page tells every so often: a kill right after an act would come before its last word.
    const last = await sightOf(browser.page).catch(() => null);
    if (last) witness.see(last);
  }
  await waiting(plan.lives);
  dead = true;
  await browser.kill();
  await acts;
  return { done, hindered, state: witness.state };
}

/** Resolves once the page shows as accepted what was done. */
async function perform(page: Page, act: Act, plan: Plan): Promise<void> {
  if (act === 'ablate') return ablate(page);
  if (act === 'rename') return renameRun(page, plan.seed);
  const before = (await sightOf(page))?.run ?? '';
  await control(page, 'train').click();
  await page.locator(`[data-testid=app][data-run]:not([data-run="${before}"], [data-run=""])`).waitFor();
  const shows = (...states: readonly string[]) =>
    page.locator(states.map((state) => `[data-testid=app][data-state=${state}]`).join(', ')).waitFor();
  if (act === 'train') return;
  if (act === 'finish') return shows('done');
  if (act === 'runOn') return ranOn(page);
  await shows('training', 'done');
  await waiting(plan.pause);
  await control(page, 'pause').click();
  await shows('paused', 'done');
  if (act === 'pause') return;
  await waiting(plan.pause);
  await control(page, act === 'stop' ? 'stop' : 'pause').click();
  await shows(...(act === 'stop' ? ['done'] : ['training', 'done']));
}

/** Until much more was trained than may be lost. */
async function ranOn(page: Page): Promise<void> {
  const began = performance.now();
  for (;;) {
    const step = (await sightOf(page))?.step ?? 0;
    const ms = performance.now() - began;
    if (step >= RUN_ON_STEPS && ms > RUN_ON_MS) return;
    if (ms > READY_MS) throw new Error(`The run was only at step ${step} after ${READY_MS / 1000} s.`);
    await waiting(100);
  }
}

/** Queues the ablation of a kept run that has switches. */
async function ablate(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Compare' }).click();
  const runs = control(page, 'compare-runs').getByRole('listitem').filter({ hasText: ABLATED.title });
  await runs.first().getByRole('checkbox').check();
  await control(page, 'ablate-seeds').fill('1');
  const before = (await sightOf(page))?.queue?.total ?? 0;
  await control(page, 'ablate').click();
  await page.locator(`[data-testid=queue]:not([data-total="${before}"])`).waitFor();
}

async function renameRun(page: Page, number: number): Promise<void> {
  const row = control(page, 'run-list').getByRole('listitem').first();
  const was = (await row.locator('.run-name').textContent()) ?? '';
  const name = `${was.split(',')[0]!}, named ${number}`;
  await row.hover();
  await row.getByRole('button', { name: /^Rename/ }).click();
  await page.getByLabel('New name').fill(name);
  await page.getByLabel('New name').press('Enter');
  await control(page, 'run-list').locator('.run-name', { hasText: name }).first().waitFor();
}
