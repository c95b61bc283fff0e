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

test('a run whose WebAssembly did not come says that it is slow, and Train tries again', async ({
  lab,
  page,
}) => {
  lab.tolerated.push(/Failed to load resource|Failed to fetch|dynamically imported/);
  const wasm = /assets\/(backend-wasm-[\w-]+\.js|tfjs-backend-wasm[\w-]*\.wasm)$/;
  await page.route(wasm, (route) => route.abort());
  await lab.open({
    preset: 'tiny',
    batch: 16,
    steps: 2,
    evaluateEvery: 2,
    evaluationRows: 50,
    backend: 'wasm',
  });
  await lab.control('train').click();
  await expect(
    page.getByRole('alert').filter({ hasText: 'press Train to try WebAssembly again' }),
  ).toBeVisible();
  await lab.expectState('done');
  await expect(lab.app).toHaveAttribute('data-backend', 'cpu');
  await page.unroute(wasm);
  await lab.control('train').click();
  await expect(lab.app).toHaveAttribute('data-backend', 'wasm');
  await lab.expectState('done');
});
