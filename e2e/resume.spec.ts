/** A run put away inside its model's own phase (AREAD's mask search) goes on after a reload to the metrics of a run left alone. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/lab';
import type { Lab } from './support/lab';

const short = {
  model: 'aread',
  dataset: 'amazon-25',
  preset: 'tiny',
  batch: 64,
  steps: 6,
  evaluateEvery: 3,
  seed: 4,
  backend: 'wasm',
  stopMetric: 'none',
  // Searches that last long enough to be paused in.
  numCandidates: 4,
  trialSteps: 3,
};

/**
 * Until the page says that it searches; looked for at every frame, as a search of so small a net is short. A control that is to be pressed
 * then is pressed in that frame: on a busy machine the search is over before a press from outside comes.
 */
async function expectSearching(page: Page, press: 'pause' | 'stop' | null = null): Promise<void> {
  await page.waitForFunction(
    (control) => {
      const state = document.querySelector('[data-testid=status-state]')?.textContent ?? '';
      if (!/^Mask search: \d+ of \d+/.test(state)) return false;
      if (control) document.querySelector<HTMLButtonElement>(`[data-testid=${control}]`)!.click();
      return true;
    },
    press,
    { polling: 'raf' },
  );
}

/** 2, 4 and 8 experts: each scenario's shares of a layer sum to 1, and the heads that count are the last layer's users. */
async function expectUseOfExperts(lab: Lab): Promise<void> {
  const { head, rows } = await lab.figure('mask-use');
  expect(head).toHaveLength(2 + 14);
  expect(rows).toHaveLength(1 + 25);
  for (const [, ...cells] of rows.slice(1)) {
    const shares = cells.slice(0, 14).map(Number);
    for (const [from, to] of [
      [0, 2],
      [2, 6],
      [6, 14],
    ])
      expect(shares.slice(from, to).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 2);
    expect(Number(cells[14])).toBe(shares.slice(6).filter((one) => one > 0).length);
  }
}

test('paused inside the mask search, reloaded and gone on with, it ends with the same metrics and masks; stopped there it has none', async ({
  lab,
  page,
}) => {
  // Three searches over 25 scenarios: with twenty other processes on two cores they took five minutes.
  test.setTimeout(900_000);
  await lab.open({ ...short, autostart: 1 });
  await expectSearching(page);
  await lab.expectState('done');
  const whole = await lab.aucs();
  await page.getByTestId('tab-masks').click();
  const masks = [await lab.figure('masks-masks'), await lab.figure('mask-density')];
  await expectUseOfExperts(lab);

  await lab.control('train').click();
  await expectSearching(page, 'pause');
  await lab.expectState('paused');
  // Inside the first search: the warm-up's three steps are done, and no more.
  expect(await lab.step()).toBe(3);
  const kept = page.getByTestId('run-list').locator('li[data-status="paused"]');
  await expect(kept).toHaveCount(1);
  // Gone on with while the page still opens what its own address asks for, as on a busy machine: what the run computes on waits for that.
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(/tfjs-backend-wasm[\w-]*\.wasm$/, async (route) => {
    await arrived;
    await route.continue();
  });
  await lab.open({ model: 'aread', dataset: 'amazon-25', preset: 'tiny' });
  await kept.getByRole('button').first().click();
  await page.getByRole('button', { name: 'Go on training' }).click();
  await lab.expectState('compiling');
  arrive();
  await expectSearching(page);
  await lab.expectState('done');
  expect(await lab.step()).toBe(short.steps);
  expect(await lab.aucs()).toEqual(whole);
  await page.getByTestId('tab-masks').click();
  expect([await lab.figure('masks-masks'), await lab.figure('mask-density')]).toEqual(masks);

  // Stopped inside its first search, a run ends with the warm-up's steps and metrics.
  await lab.open({ ...short, autostart: 1 });
  await expectSearching(page, 'stop');
  await lab.expectState('done');
  expect(await lab.step()).toBe(3);
  expect(Object.keys(await lab.aucs())).toHaveLength(25);
});
