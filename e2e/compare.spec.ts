import { readFile } from 'node:fs/promises';
import { expect, test } from './support/lab';

const tiny = {
  preset: 'tiny',
  batch: 128,
  steps: 6,
  evaluateEvery: 3,
  evaluationRows: 200,
  stopMetric: 'none',
  backend: 'wasm',
};

test('seeds of one set-up are one column with mean and spread, and a run leaves and comes back as a file', async ({
  lab,
  page,
}) => {
  const means: number[] = [];
  for (const seed of [1, 2]) {
    await lab.open({ ...tiny, model: 'shared-bottom', seed, autostart: 1 });
    await lab.expectState('done');
    const footer = page.getByTestId('scenario-table').locator('tfoot td').nth(3);
    means.push(Number(await footer.innerText()));
  }
  await page.getByRole('link', { name: 'Compare' }).click();
  const runs = page.getByTestId('compare-runs').getByRole('listitem');
  await expect(runs).toHaveCount(2);
  for (const run of await runs.all()) await run.getByRole('checkbox').check();
  await expect.poll(async () => (await lab.figure('compare')).rows.length).toBe(4);
  const { head, rows } = await lab.figure('compare');
  expect(head).toHaveLength(4);
  const last = rows.at(-1)!;
  expect(last[0]).toBe('Mean by rows');
  expect(Number(last[1])).toBeCloseTo((means[0]! + means[1]!) / 2, 3);
  // Two values lie |a - b| / sqrt(2) from their mean in the sample deviation.
  expect(Number(last[2])).toBeCloseTo(Math.abs(means[0]! - means[1]!) / Math.SQRT2, 3);

  await runs.nth(1).getByRole('checkbox').uncheck();
  const leaving = page.waitForEvent('download');
  await page.getByTestId('export-runs').click();
  const path = await (await leaving).path();
  const name = (await runs.nth(0).locator('.run-name').innerText()).trim();
  await runs.nth(0).hover();
  await runs
    .nth(0)
    .getByRole('button', { name: /^Delete/ })
    .click();
  await expect(runs).toHaveCount(1);
  await page.getByTestId('import-run').setInputFiles({
    name: 'run.json',
    mimeType: 'application/json',
    buffer: await readFile(path),
  });
  await expect(runs).toHaveCount(2);
  await expect(page.getByTestId('compare-runs')).toContainText(name);
});

test('a deleted run comes back by undo, a renamed one keeps its name over a reload', async ({
  lab,
  page,
}) => {
  await lab.open({ ...tiny, model: 'mix', autostart: 1 });
  await lab.expectState('done');
  const runs = page.getByTestId('run-list').getByRole('listitem');
  await expect(runs).toHaveCount(1);
  await runs.first().hover();
  await runs
    .first()
    .getByRole('button', { name: /^Delete/ })
    .click();
  await expect(runs).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(runs).toHaveCount(1);
  await runs.first().hover();
  await runs
    .first()
    .getByRole('button', { name: /^Rename/ })
    .click();
  await page.getByLabel('New name').fill('my run');
  await page.getByLabel('New name').press('Enter');
  await expect(runs.first()).toContainText('my run');
  await page.goto('./?preset=tiny');
  await expect(page.getByTestId('run-list')).toContainText('my run');
});

test('one click ablates, the queue survives a reload, and its table opens', async ({ lab, page }) => {
  await lab.open({ ...tiny, model: 'mscan', autostart: 1 });
  await lab.expectState('done');
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.getByTestId('compare-runs').getByRole('checkbox').first().check();
  await page.getByTestId('ablate-seeds').fill('1');
  await page.getByTestId('ablate').click();
  const queue = page.getByTestId('queue');
  await expect(queue).toBeVisible();
  await expect.poll(async () => Number(await queue.getAttribute('data-done'))).toBeGreaterThanOrEqual(1);
  await page.reload();
  await expect(queue).toBeVisible();
  const total = Number(await queue.getAttribute('data-total'));
  await expect.poll(async () => Number(await queue.getAttribute('data-done'))).toBe(total);
  await page.getByTestId('open-results').click();
  await expect.poll(async () => (await lab.figure('compare')).rows.length).toBe(4);
  const compared = await lab.figure('compare');
  expect(compared.head.length).toBeGreaterThan(4);

  // The same runs in the form of an ablation: the complete model first, each switch against it.
  const table = await lab.figure('ablation-switches');
  expect(table.rows).toHaveLength(total);
  expect(table.rows[0]![0]).toBe('M-scan');
  const mean = table.head.indexOf('Mean by rows');
  const own = Number(table.rows[0]![mean]);
  const overall = compared.rows.at(-1)!;
  expect(overall.slice(1).map(Number)).toContain(own);
  for (const row of table.rows.slice(1)) {
    // One seed: a difference, and nothing that it could be held against chance with.
    expect(Number(row[mean + 2])).toBeCloseTo(Number(row[mean]) - own, 4);
    expect(row[mean + 3]).toBe('undefined');
  }
  // Both modules alone are rows of the paper's Table 2; its numbers stand beside them.
  const paper = await lab.figure('ablation-table-2');
  expect(paper.rows.map((row) => row[0])).toEqual([
    'w/ SACA, w/ SBE',
    'w/ SACA, w/o SBE',
    'w/o SACA, w/ SBE',
    'w/o SACA, w/o SBE',
  ]);
  expect(paper.rows.map((row) => row[paper.head.indexOf('All rows: paper')])).toEqual([
    '0.6714',
    '0.6671',
    '0.6618',
    '0.6573',
  ]);
  expect(paper.rows.at(-1)![1], 'seeds of the row that was not asked for').toBe('0');
  // An open table does not hinder leaving the page.
  await page.getByRole('link', { name: 'Lab' }).click();
  await expect(lab.control('train')).toBeVisible();
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.reload();
  await expect(page.getByTestId('ablations').getByRole('button').first()).toContainText(`${total}/${total}`);
});
