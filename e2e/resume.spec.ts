/** A run put away inside its model's own phase (AREAD's mask search) goes on after a reload to the figures of a run left alone. */
import { expect, test } from './support/lab';

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
};
const searching = /mask search \d+ of 150/;

test('paused inside the mask search, reloaded and gone on with, it ends with the same figures and masks', async ({
  lab,
  page,
}) => {
  test.setTimeout(240_000);
  await lab.open({ ...short, autostart: 1 });
  const status = page.getByTestId('status-state');
  await expect(status).toHaveText(searching, { timeout: 60_000 });
  await lab.expectState('done', 120_000);
  const whole = await lab.aucs();
  await page.getByTestId('tab-masks').click();
  const masks = [await lab.figure('masks-masks'), await lab.figure('mask-density')];

  await lab.open({ ...short, autostart: 1 });
  await expect(status).toHaveText(searching, { timeout: 60_000 });
  await lab.control('pause').click();
  await lab.expectState('paused');
  // Inside the first search: the warm-up's three steps are done, and no more.
  expect(await lab.step()).toBe(3);
  const kept = page.getByTestId('run-list').locator('li[data-status="paused"]');
  await expect(kept).toHaveCount(1);
  await lab.open({ model: 'aread', dataset: 'amazon-25', preset: 'tiny' });
  await kept.getByRole('button').first().click();
  await page.getByRole('button', { name: 'Go on training' }).click();
  await expect(status).toHaveText(searching, { timeout: 60_000 });
  await lab.expectState('done', 120_000);
  expect(await lab.step()).toBe(short.steps);
  expect(await lab.aucs()).toEqual(whole);
  await page.getByTestId('tab-masks').click();
  expect([await lab.figure('masks-masks'), await lab.figure('mask-density')]).toEqual(masks);
});

test('stopped inside the first mask search, the run ends with figures and without masks', async ({
  lab,
  page,
}) => {
  await lab.open({ ...short, autostart: 1 });
  await expect(page.getByTestId('status-state')).toHaveText(searching, { timeout: 60_000 });
  await lab.control('stop').click();
  await lab.expectState('done');
  expect(await lab.step()).toBe(3);
  expect(Object.keys(await lab.aucs())).toHaveLength(25);
});
