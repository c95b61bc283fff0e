import { expect, test } from './support/lab';

test('the address holds what differs from the default, and a link brings it back', async ({ lab, page }) => {
  await lab.open();
  // Nothing asked for: a world in which the first press of Train shows something within seconds.
  await expect(lab.control('dataset-select')).toHaveValue('conflict-4');
  await lab.control('seed-input').fill('42');
  await lab.control('seed-input').press('Tab');
  await expect.poll(() => new URL(page.url()).searchParams.get('seed')).toBe('42');
  await lab.control('hp-learningRate').fill('0.005');
  await lab.control('hp-learningRate').press('Tab');
  await expect.poll(() => new URL(page.url()).searchParams.get('learningRate')).toBe('0.005');
  expect(new URL(page.url()).searchParams.has('batch'), 'a default is not written').toBe(false);

  const link = page.url();
  await page.goto('about:blank');
  await page.goto(link);
  await expect(lab.control('seed-input')).toHaveValue('42');
  await expect(lab.control('hp-learningRate')).toHaveValue('0.005');
});

test('an address that is not even text opens the page, with what can be read of it', async ({
  lab,
  page,
}) => {
  await page.goto('./?%E0%A4%A&seed=7');
  await lab.expectState('ready');
  await expect(lab.control('seed-input')).toHaveValue('7');
});

test('nonsense in the address is clamped or dropped, and said', async ({ lab }) => {
  await lab.open({
    seed: 'abc',
    batch: 99_999_999,
    model: 'no-such-model',
    dataset: 'nothing',
    learningRate: 'NaN',
    preset: '??',
  });
  await lab.expectState('ready');
  await expect(lab.control('hp-batch')).toHaveValue('8192');
  await expect(lab.control('seed-input')).toHaveValue(/^\d+$/);
  await expect(
    lab.page
      .getByRole('status')
      .or(lab.page.getByRole('alert'))
      .filter({ hasText: /no-such-model/ }),
  ).toBeVisible();
});

test('back and forward walk the pages that were visited, as often as one likes', async ({ lab, page }) => {
  await lab.open({ seed: 3 });
  const at = (name: string) => expect(page.locator('main')).toHaveClass(new RegExp(`page-${name}`));
  await page.getByRole('link', { name: 'Data' }).click();
  await page.getByRole('link', { name: 'Compare' }).click();
  for (let times = 0; times < 2; times++) {
    await page.goBack();
    await at('data');
    await page.goBack();
    await at('lab');
    await page.goForward();
    await at('data');
    await page.goForward();
    await at('compare');
  }
  expect(new URL(page.url()).searchParams.get('seed')).toBe('3');
});

test('back walks what was opened in Reproduce, not how it was sorted', async ({ lab, page }) => {
  await lab.open({ page: 'reproduce' });
  const part = (name: string) => page.getByTestId('reproduce-part').getByRole('radio', { name });
  const claim = page.getByTestId('claims').getByRole('button', { expanded: true });
  await page.getByTestId('claims').getByRole('button', { expanded: false }).first().click();
  await expect(claim).toBeVisible();
  await page.getByTestId('claims-sort').selectOption('p');
  await part('tables').check({ force: true });
  await part('ranks').check({ force: true });
  await page.goBack();
  await expect(part('tables')).toBeChecked();
  await page.goBack();
  await expect(part('claims')).toBeChecked();
  await expect(page.getByTestId('claims-sort')).toHaveValue('p');
  await expect(claim).toBeVisible();
  await page.goBack();
  await expect(claim).toHaveCount(0);
  await page.goForward();
  await expect(claim).toBeVisible();
});

test('an unknown picture is named and does not stay in the address', async ({ lab, page }) => {
  await lab.open({ tab: 'gatez', seed: 5 });
  await expect(page.getByRole('alert')).toContainText('gatez');
  await expect.poll(() => page.url()).not.toContain('gatez');
  await expect(lab.control('seed-input')).toHaveValue('5');
});
