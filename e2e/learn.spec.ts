import { expect, test } from './support/lab';
import { expectNoViolations } from './support/axe';
import { reach } from './support/keyboard';
import { exportedRuns, numeric } from './support/pictures';
import {
  differencesBySeed,
  mostOfTheCause,
  sizesBySeed,
  storedStudy,
  summary,
  SWITCHED,
  verdictsOf,
} from './support/storedStudies';
import { stories } from '../src/app/pages/learn/stories';
import type { Lab } from './support/lab';
import type { Page } from '@playwright/test';

const STORIES = ['scenarios', 'sarnet', 'causalint', 'optmsm', 'mscan', 'aread'];
const WIDTHS = [390, 1920, 1280];

/** By how much the page, or anything that scrolls in it, is wider than its room. */
const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const inner = document.querySelector('.page');
    const regions = [...document.querySelectorAll('.page .table-scroll, .page .lit-equation')];
    return Math.max(
      document.documentElement.scrollWidth - innerWidth,
      ...[inner, ...regions].map((one) => (one ? one.scrollWidth - one.clientWidth : 0)),
    );
  });

/** Height in pixels of the smallest words in a drawing of the story. */
const smallestWords = (page: Page): Promise<number> =>
  page.evaluate(() =>
    Math.min(
      ...[...document.querySelectorAll('.learn-drawing text, .story-picture .graph text')].map((one) => {
        const svg = one.closest('svg') as SVGSVGElement;
        return parseFloat(getComputedStyle(one).fontSize) * (svg.getScreenCTM()?.a ?? 1);
      }),
    ),
  );

/** A screen at a phone's, a wide and a laptop's width, then what a screen reader meets, light and dark. */
async function expectReadable(page: Page, moment: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    await expect.poll(() => sideways(page), `${moment} at ${width}`).toBeLessThanOrEqual(0);
    await expect.poll(() => smallestWords(page), `words of ${moment} at ${width}`).toBeGreaterThan(9.5);
  }
  await expectNoViolations(page, moment, '.learn');
}

/** Stored differences on the fourth screen are those of the study's file, or it says that there are none. */
async function expectStored(lab: Lab, story: string): Promise<void> {
  const study = storedStudy(story);
  const world = study && mostOfTheCause(study);
  const values =
    world?.scenarios.map((_, s) =>
      differencesBySeed(study!, world.id, SWITCHED[story]!, ({ noiseFreeAuc }) => noiseFreeAuc?.scenarios[s]),
    ) ?? [];
  if (!world || values.every((one) => one.length === 0)) {
    await expect(lab.control('stored-none')).toContainText('Not run yet');
    return;
  }
  const { rows } = await lab.figure('learn-stored-noiseFreeAuc');
  // The large and the small come after the domains of the one story that asks for them, the mean comes last.
  const sizes: Readonly<Record<string, readonly number[]>> =
    story === 'aread' ? sizesBySeed(study, world, SWITCHED[story]!) : {};
  const names = world.scenarios.map(({ name }) => name);
  expect(rows.map(([name]) => name)).toEqual([...names, ...Object.keys(sizes), 'mean']);
  for (const [s, one] of [...values, ...Object.values(sizes)].entries()) {
    const { mean, half } = summary(one);
    const [name, value, low, high] = rows[s]!;
    expect(name).toBe([...names, ...Object.keys(sizes)][s]);
    expect(numeric(value)).toBeCloseTo(mean, 3);
    if (half === null) continue;
    expect(numeric(low)).toBeCloseTo(mean - half, 3);
    expect(numeric(high)).toBeCloseTo(mean + half, 3);
  }
}

test('every story is walked by keyboard, its arrow cut, its row followed, its study compared, on every screen readable', async ({
  lab,
  page,
}) => {
  test.slow();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await lab.open();
  await reach(page, 'story-offer');
  await page.keyboard.press('Enter');
  const screen = page.getByTestId('screen');
  await expect(screen).toHaveAttribute('data-story', 'scenarios');
  for (const story of STORIES) {
    await reach(page, 'all-stories');
    await page.keyboard.press('Enter');
    await reach(page, `story-${story}`);
    await page.keyboard.press('Enter');
    await expect(screen).toHaveAttribute('data-story', story);
    const { rows } = await lab.figure('learn-person');
    expect(rows.length, 'categories of one person').toBeGreaterThan(3);
    await expect(page.getByTestId('figure-learn-crowd')).toBeVisible();
    await expectReadable(page, `${story} 1`);

    await page.keyboard.press('ArrowRight');
    await expect(screen).toHaveAttribute('data-screen', '2');
    const said = page.getByTestId('graph-said');
    await expect(said).toHaveAttribute('data-cut', 'false');
    const lead = await page.locator('[data-lead]').getAttribute('data-lead');
    await reach(page, `edge-${lead}`);
    await page.keyboard.press('Enter');
    await expect(said).toHaveAttribute('data-cut', 'true');
    await expectReadable(page, `${story} 2`);

    await page.keyboard.press('ArrowRight');
    const next = page.getByTestId('next-step');
    await reach(page, 'next-step');
    for (let step = 1; (await next.isEnabled()) && step < 9; step++) {
      await page.keyboard.press('Enter');
      await expect(page.getByTestId('lit-equation')).toHaveAttribute('data-step', String(step + 1));
    }
    await expect(page.getByTestId('in-numbers')).toBeVisible();
    await expectReadable(page, `${story} 3`);

    await page.keyboard.press('ArrowRight');
    await expect(page.getByTestId('train-both')).toBeDisabled();
    await reach(page, 'prediction');
    await page.keyboard.press('Space');
    await expect(page.getByTestId('train-both')).toBeEnabled();
    if (story !== 'scenarios') await expectStored(lab, story);
    await expectReadable(page, `${story} 4`);

    // Arrow keys move among the choices; out of them they turn the screens again.
    await reach(page, 'train-both');
    await page.keyboard.press('PageDown');
    await expect(screen).toHaveAttribute('data-screen', '5');
    await expect(page.getByTestId('exercise-3')).toBeVisible();
    if (story !== 'scenarios') {
      const claims = page.getByTestId('story-verdicts').locator('li[data-claim]');
      await expect(claims.first()).toBeVisible();
      const shown = await claims.evaluateAll((rows) =>
        rows.map((row) => [row.getAttribute('data-claim'), row.getAttribute('data-verdict')]),
      );
      const told = stories.find(({ id }) => id === story)!.claims;
      expect(shown).toEqual(told.map((id) => [id, verdictsOf(story).get(id)]));
    }
    const leads = new URLSearchParams((await page.getByTestId('open-lab').getAttribute('href'))!);
    expect(leads.get('tab')).toBe(story === 'scenarios' ? null : 'graph');
    await expectReadable(page, `${story} 5`);
  }
  await reach(page, 'all-stories');
  await page.keyboard.press('Enter');
  await reach(page, 'open-plan');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('plan')).toContainText('37–44');
  await expectNoViolations(page, 'the plan', '.learn');
});

/** Of `seed 1` in a head. */
const seedOf = (head: readonly string[]): number => Number(/\d+/.exec(head[1] ?? '')?.[0]);

test('a prediction is answered by two runs, whose numbers are those on the screen', async ({ lab, page }) => {
  await lab.open({ page: 'learn', story: 'scenarios', screen: 4 });
  await page.getByTestId('prediction').getByRole('radio').first().check();
  await page.getByTestId('train-both').click();
  await expect(page.getByTestId('live-bars')).toHaveAttribute('data-rows', 'test');
  await expect(page.getByTestId('outcome')).toContainText('In this run');
  const { rows } = await lab.figure('learn-difference');
  const shown = await page
    .getByTestId('live-bars')
    .locator('[data-scenario]')
    .evaluateAll((bars) =>
      bars.map((bar) => [
        bar.getAttribute('data-scenario'),
        bar.querySelector('.difference-value')?.textContent ?? '',
      ]),
    );
  for (const [at, [, value]] of shown.entries()) {
    const [, first, second, difference] = rows[at]!.map(numeric);
    expect(second! - first!).toBeCloseTo(difference!, 3);
    expect(numeric(value ?? '')).toBeCloseTo(difference!, 4);
  }
  await page.getByTestId('another-seed').click();
  await expect(page.getByTestId('figure-learn-seeds')).toContainText('Over 2 seeds');
  const seeds = await lab.figure('learn-seeds');
  for (const [s, row] of seeds.rows.entries()) {
    const [, first, second, mean, low, high] = row.map(numeric);
    expect(first).toBeCloseTo(numeric(rows[s]![3]), 4);
    expect(mean).toBeCloseTo((first! + second!) / 2, 3);
    const { half } = summary([first!, second!]);
    expect(high! - low!).toBeCloseTo(2 * half!, 1);
  }
  const runs = (await exportedRuns(lab)).filter(({ setup }) => setup.seed === seedOf(seeds.head));
  expect(runs).toHaveLength(2);
  for (const [at, predictor] of ['own', 'shared'].entries()) {
    const run = runs.find(({ setup }) => setup.settings['predictor'] === predictor);
    const kept = run!.final.scenarios.map(({ noiseFreeAuc }) => noiseFreeAuc);
    expect(kept).toHaveLength(shown.length);
    for (const [scenario, auc] of kept.entries())
      expect(numeric(rows[scenario]![1 + at])).toBeCloseTo(auc, 3);
  }
});

test('an answer is checked, the room sees large type on dark, and a word is explained', async ({
  lab,
  page,
}) => {
  await lab.open({ page: 'learn', story: 'sarnet', screen: 5 });
  const exercise = page.getByTestId('exercise-1');
  await exercise.getByRole('textbox').fill('0.3');
  await exercise.getByRole('button').click();
  await expect(exercise).toHaveAttribute('data-verdict', 'wrong');
  await exercise.getByRole('textbox').fill('0,4');
  await exercise.getByRole('button').click();
  await expect(exercise).toHaveAttribute('data-verdict', 'right');
  const size = () =>
    page
      .locator('.story-text p')
      .first()
      .evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
  const usual = await size();
  await page.getByTestId('present').click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect((await size()) / usual).toBeCloseTo(1.5, 2);
  await page.keyboard.press('Escape');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  const term = page.getByRole('button', { name: 'interest AUC', exact: true });
  await page.goto('./?page=learn&story=sarnet&screen=4');
  await term.focus();
  await expect(page.getByRole('tooltip').filter({ hasText: 'interest alone' })).toBeVisible();
});
