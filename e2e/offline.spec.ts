import { expect, test } from './support/lab';

test.use({ serviceWorkers: 'allow' });

test('opened once, the page trains and shows its other pages without a network', async ({
  lab,
  page,
  context,
}) => {
  await lab.open();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    // `ready` comes before the old page is handed over.
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
    }
  });
  await context.setOffline(true);
  await lab.open({ preset: 'tiny', batch: 256, steps: 10, evaluateEvery: 5, autostart: 1 });
  await lab.expectState('done');
  expect(Object.keys(await lab.aucs())).toHaveLength(3);
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  for (const name of ['compare', 'data']) {
    await page.goto(`./?page=${name}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});
