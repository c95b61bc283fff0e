import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './support/lab';
import { exportedRuns, numeric } from './support/pictures';
import type { Page } from '@playwright/test';

const STORIES = ['scenarios', 'sarnet', 'causalint', 'optmsm', 'mscan', 'aread'];

async function expectNoViolations(page: Page, moment: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`),
    moment,
  ).toEqual([]);
}

const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const inner = document.querySelector('.page');
    return Math.max(
      document.documentElement.scrollWidth - innerWidth,
      inner ? inner.scrollWidth - inner.clientWidth : 0,
    );
  });

test('every story is walked by keyboard, its arrow cut and its row followed to the last number', async ({
  lab,
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await lab.open();
  await page.getByTestId('story-offer').getByRole('link').press('Enter');
  const screen = page.getByTestId('screen');
  await expect(screen).toHaveAttribute('data-story', 'scenarios');
  for (const story of STORIES) {
    await page.getByRole('link', { name: 'All stories' }).press('Enter');
    await page.getByTestId(`story-${story}`).press('Enter');
    await expect(screen).toHaveAttribute('data-story', story);
    const { rows } = await lab.figure('learn-person');
    expect(rows.length, 'categories of one person').toBeGreaterThan(3);
    await page.keyboard.press('ArrowRight');
    await expect(screen).toHaveAttribute('data-screen', '2');
    const said = page.getByTestId('graph-said');
    await expect(said).toHaveAttribute('data-cut', 'false');
    const lead = await page.locator('[data-lead]').getAttribute('data-lead');
    await page.getByTestId(`edge-${lead}`).press('Enter');
    await expect(said).toHaveAttribute('data-cut', 'true');
    await page.keyboard.press('ArrowRight');
    const next = page.getByTestId('next-step');
    for (let step = 1; (await next.isEnabled()) && step < 9; step++) {
      await next.press('Enter');
      await expect(page.getByTestId('lit-equation')).toHaveAttribute('data-step', String(step + 1));
    }
    await expect(page.getByTestId('in-numbers')).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByTestId('train-both')).toBeDisabled();
    await page.keyboard.press('PageDown');
    await expect(screen).toHaveAttribute('data-screen', '5');
    await expect(page.getByTestId('exercise-3')).toBeVisible();
    if (story === 'scenarios') continue;
    for (const row of await page.getByTestId('story-verdicts').locator('tr[data-claim]').all())
      await expect(row).toHaveAttribute('data-verdict', /^(confirmed|opposite|no effect|undecided|not run)$/);
  }
});

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
  const runs = await exportedRuns(lab);
  for (const [at, predictor] of ['own', 'shared'].entries()) {
    const run = runs.find(({ setup }) => setup.settings['predictor'] === predictor);
    const kept = run!.final.scenarios.map(({ noiseFreeAuc }) => noiseFreeAuc);
    expect(kept).toHaveLength(shown.length);
    for (const [scenario, auc] of kept.entries())
      expect(numeric(rows[scenario]![1 + at])).toBeCloseTo(auc, 3);
  }
});

test('an answer is checked, the room sees large type on dark, and the address opens a screen alone', async ({
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
  const term = page.getByRole('button', { name: 'interest AUC' });
  await page.goto('./?page=learn&story=sarnet&screen=4');
  await term.focus();
  await expect(page.getByRole('tooltip').filter({ hasText: 'interest alone' })).toBeVisible();
  const response = await page.goto('./?embed=causalint-2');
  await expect(page.getByTestId('edge-X1-Y2')).toBeVisible();
  await expect(page.getByRole('navigation')).toHaveCount(0);
  expect(response?.headers()['content-security-policy']).toContain('frame-ancestors *');
  await page.goto('./?embed=causal-graph&model=mscan');
  await expect(page.getByTestId('embedded').getByTestId('figure-causal-graph')).toBeVisible();
});

test('screens fit a phone, a laptop and a wide screen, without accessibility violations, light and dark', async ({
  lab,
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const [width, story] of [
    [390, 'mscan'],
    [1280, 'optmsm'],
    [1920, 'aread'],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    await lab.open({ page: 'learn' });
    await page.getByTestId(`story-${story}`).click();
    await expect(page.getByTestId('figure-learn-crowd')).toBeVisible();
    for (const screen of [1, 2, 3, 4, 5]) {
      if (screen > 1) await page.keyboard.press('ArrowRight');
      await expect(page.getByTestId('screen')).toHaveAttribute('data-screen', String(screen));
      expect(await sideways(page), `${story} ${screen} at ${width}`).toBeLessThanOrEqual(0);
      if (width !== 1280) continue;
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
        await expectNoViolations(page, `screen ${screen}, ${colorScheme}`);
      }
    }
  }
  await lab.open({ page: 'learn', story: 'plan' });
  await expect(page.getByTestId('plan')).toContainText('37–44');
  await expectNoViolations(page, 'the plan');
});
