import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { expect, test } from './support/lab';

test('Cancel ends an export or a simulation, nothing else, and both can be asked for again', async ({
  lab,
  page,
}) => {
  const tiny = {
    preset: 'tiny',
    batch: 128,
    steps: 4,
    evaluateEvery: 2,
    evaluationRows: 200,
    backend: 'wasm',
  };
  for (const seed of [1, 2]) {
    await lab.open({ ...tiny, model: 'mix', seed, autostart: 1 });
    await lab.expectState('done');
  }
  await page.getByRole('link', { name: 'Compare' }).click();
  const runs = page.getByTestId('compare-runs').getByRole('listitem');
  await expect(runs).toHaveCount(2);
  for (const run of await runs.all()) await run.getByRole('checkbox').check();

  // A worker whose script doesn't come works as long as it takes to press Cancel.
  const script = /data\.worker/;
  await page.route(script, () => undefined);
  const downloads: string[] = [];
  page.on('download', (download) => downloads.push(download.suggestedFilename()));
  await page.getByTestId('export-runs').click();
  await expect(page.getByTestId('progress')).toBeVisible();
  await expect(page.getByTestId('export-runs')).toBeDisabled();
  await page.getByTestId('cancel').click();
  await expect(page.getByTestId('progress')).toHaveCount(0);
  await lab.expectNoAlert();
  expect(downloads).toEqual([]);

  await page.unroute(script);
  const leaving = page.waitForEvent('download');
  await page.getByTestId('export-runs').click();
  const file = await leaving;
  expect(Object.keys(unzipSync(await readFile(await file.path())))).toHaveLength(2);
  await expect(page.getByTestId('progress')).toHaveCount(0);

  await page.getByRole('link', { name: 'Data' }).click();
  await page.getByTestId('open-simulator').click();
  await page.getByTestId('simulator').getByRole('radio', { name: 'large' }).check({ force: true });
  await page.getByTestId('simulate').click();
  await expect(page.getByTestId('progress')).toBeVisible();
  await page.getByTestId('cancel').click();
  await expect(page.getByTestId('progress')).toHaveCount(0);
  await lab.expectNoAlert();
  await page.locator('button[data-dataset]').first().click();
  await expect(page.getByTestId('dataset-rows')).toBeVisible();
});
