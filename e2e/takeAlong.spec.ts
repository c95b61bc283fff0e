/** A kept run is taken along as a zip: the package, weights, the place in the run and, where asked for, rows. */
import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from './support/lab';

test('a run is taken along with its rows and without, and says how to go on', async ({ lab, page }) => {
  await lab.open({
    ...{ model: 'mix', preset: 'tiny', batch: 64, steps: 6, evaluateEvery: 3, evaluationRows: 50 },
    ...{ backend: 'wasm', stopMetric: 'none', autostart: 1 },
  });
  await lab.expectState('done');
  const row = page.getByTestId('run-list').getByRole('listitem').first();
  const menu = page.getByRole('group', { name: 'Take it with you' });

  async function taken(): Promise<Record<string, Uint8Array>> {
    await row.hover();
    await row.getByRole('button', { name: /^Take .* with you$/ }).click();
    if (Object.keys(files).length > 0) await menu.getByLabel('with the dataset’s rows').uncheck();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      menu.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^mix.*\.zip$/);
    await expect(menu).toBeHidden();
    return unzipSync(new Uint8Array(await readFile(await download.path())));
  }

  let files: Record<string, Uint8Array> = {};
  files = await taken();
  for (const name of [
    ...['README.md', 'MODEL_CARD.md', 'settings.json', 'checkpoint.safetensors', 'weights.safetensors'],
    ...['data/manifest.json', 'data/croissant.json', 'data/rows.npz'],
    ...[
      'scenarium/__main__.py',
      'scenarium/models/defaults.json',
      'scenarium/procedures/aread.py',
      'pyproject.toml',
    ],
  ])
    expect(files[name]?.length, name).toBeGreaterThan(0);
  expect(strFromU8(files['README.md']!)).toContain('left at step 6 of 6');
  files = await taken();
  expect(files['data/rows.npz']).toBeUndefined();
  expect(strFromU8(files['README.md']!)).toContain('The rows are not in this zip.');
});
