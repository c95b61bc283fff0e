/** 355 scenarios: pictures stay readable, can be walked and zoomed, and the page holds no more of their tables than it can. */
import { readFile } from 'node:fs/promises';
import { expect, test } from './support/lab';

test('a matrix of 355 × 355 names its cells, zooms by keys and buttons, and its table is cut, its file whole', async ({
  lab,
  page,
}) => {
  await lab.open({
    model: 'aread',
    dataset: 'cloudtheme-355',
    preset: 'tiny',
    batch: 512,
    steps: 4,
    warmup: 100,
    evaluateEvery: 4,
    evaluationRows: 20,
    stopMetric: 'none',
    backend: 'wasm',
    tab: 'masks',
    autostart: 1,
  });
  await lab.expectState('done');
  const figure = page.getByTestId('figure-mask-overlap');
  const { head, rows } = await lab.figure('mask-overlap');
  expect(head).toHaveLength(356);
  expect(rows.length * head.length).toBeLessThanOrEqual(4000);
  expect(rows[0]![1]).toBe('1');

  const heat = figure.locator('[role="application"]');
  await heat.focus();
  await page.keyboard.press('ArrowRight');
  const spoken = heat.locator('[role="status"]');
  await expect(spoken).toHaveText(/^Theme \d+, Theme \d+: 1\.00$/);
  // Of 355 only some rows are named; zoomed in, columns are named too.
  const columns = heat.locator('svg text[transform*="rotate"]').filter({ hasText: /^Theme \d+$/ });
  await expect(heat.locator('svg text').filter({ hasText: /^Theme \d+$/ })).not.toHaveCount(0);
  await expect(columns).toHaveCount(0);
  for (let press = 0; press < 6; press++) await page.keyboard.press('+');
  await expect(columns).not.toHaveCount(0);
  await page.keyboard.press('End');
  await expect(spoken).toHaveText(/^Theme \d+, Theme \d+: 1\.00$/);
  const whole = figure.getByRole('button', { name: 'Whole matrix' });
  await expect(whole).toBeEnabled();
  await whole.click();
  await expect(whole).toBeDisabled();
  await figure.getByRole('button', { name: 'Zoom in' }).click();
  await expect(whole).toBeEnabled();

  const download = page.waitForEvent('download');
  await figure.getByRole('button', { name: /^Export/ }).click();
  await figure.getByRole('button', { name: 'CSV' }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(356);
  expect(lines.at(-1)!.split(',')).toHaveLength(356);
});
