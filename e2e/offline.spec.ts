import { expect, test } from './support/lab';

test.use({ serviceWorkers: 'allow' });

test('opened once, the page trains, tells its stories and shows its other pages without a network', async ({
  lab,
  page,
  context,
}) => {
  await lab.open();
  // Files are kept all at once, some seconds after opening.
  const files = () =>
    page.evaluate(async () => {
      const names = await caches.keys();
      const kept = await Promise.all(
        names.map(async (name) => (await (await caches.open(name)).keys()).length),
      );
      return Math.max(0, ...kept);
    });
  await expect.poll(files).toBeGreaterThan(20);
  await context.setOffline(true);
  await lab.open({
    dataset: 'conflict-4',
    preset: 'tiny',
    batch: 256,
    steps: 10,
    evaluateEvery: 5,
    autostart: 1,
  });
  await lab.expectState('done');
  expect(Object.keys(await lab.aucs())).toHaveLength(4);
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  // Stories simulate, train and read stored studies.
  for (const story of ['scenarios', 'sarnet', 'causalint', 'optmsm', 'mscan', 'aread']) {
    await lab.open({ page: 'learn', story });
    await expect(page.getByTestId('figure-learn-crowd')).toBeVisible();
    for (const part of ['figure-learn-graph', 'figure-learn-flow', 'train-both', 'exercise-3']) {
      await page.keyboard.press('ArrowRight');
      await expect(page.getByTestId(part), `${story}: ${part}`).toBeVisible();
    }
    if (story === 'scenarios') continue;
    await expect(page.getByTestId('story-verdicts')).toContainText('put to the test');
  }
  await page.keyboard.press('ArrowLeft');
  await page.getByTestId('prediction').getByRole('radio').first().check();
  await page.getByTestId('train-both').click();
  await expect(page.getByTestId('live-bars')).toHaveAttribute('data-rows', 'test');
  for (const name of ['compare', 'data']) {
    await page.goto(`./?page=${name}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});
