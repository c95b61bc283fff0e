import { expect, test } from './support/lab';

test('a page, a chart or the whole app whose code did not come is fetched again at a press', async ({
  lab,
  page,
}) => {
  lab.tolerated.push(
    /Failed to load resource|NotFetched|Failed to fetch dynamically imported|Unable to preload CSS/,
  );
  const lost = /assets\/(start|ComparePage|Lines)-[\w-]+\.(js|css)$/;
  await page.route(/assets\/start-/, (route) => route.abort());
  await page.goto('./');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('could not be fetched');
  await page.unroute(/assets\/start-/);
  await page.route(lost, (route) =>
    route.request().url().includes('/start-') ? route.continue() : route.abort(),
  );
  await alert.getByRole('button').click();
  await expect(lab.app).toBeVisible();

  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await expect(alert).toContainText('This page could not be fetched');
  await alert.getByRole('button').click();
  await expect(alert).toContainText('This page could not be fetched');
  await page.unroute(lost);
  await alert.getByRole('button').click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByTestId('compare-runs')).toBeAttached();
  // Its style sheet came too.
  await expect
    .poll(() =>
      page.evaluate(() => [...document.styleSheets].some(({ href }) => href?.includes('ComparePage'))),
    )
    .toBe(true);
});
