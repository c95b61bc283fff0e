/** M-scan's α: a queue of retrained runs, their AUCs, the grid over c, and what cancel leaves. */
import { exportedNumbers, exportedRows, exportedRuns, numeric, softAuc, trained } from './support/pictures';
import { expect, test } from './support/lab';

test('a sweep over α trains in the queue, shows each run’s own AUC, and its grid agrees with exported rows', async ({
  lab,
  page,
}) => {
  await trained(lab, { model: 'mscan', steps: 8, evaluateEvery: 4, alpha: 0.3 }, 'counterfactual');
  await expect.poll(async () => (await lab.figure('alpha-sweep')).rows.map((row) => row[0])).toEqual(['0.3']);
  await lab.lead('alpha-sweep');
  await lab.control('alpha-values').fill('0, 0.3, 1');
  await lab.control('alpha-sweep').click();
  await expect(lab.control('alpha-progress')).toBeVisible();
  await expect
    .poll(async () => (await lab.figure('alpha-sweep')).rows.map((row) => row[0]))
    .toEqual(['0', '0.3', '1']);
  await expect(lab.control('alpha-progress')).toBeHidden();
  // Each run took the tab over; what was typed outlived them.
  await expect(lab.control('alpha-values')).toHaveValue('0, 0.3, 1');
  const sweep = await lab.figure('alpha-sweep');

  await page.getByText('drawn labels').click();
  await lab.lead('c-alpha');
  await lab.control('score-grid').click();
  await expect.poll(async () => (await lab.figure('c-alpha')).rows.length).toBe(3);
  const grid = await lab.figure('c-alpha');
  expect(grid.head).toHaveLength(22);
  // The run on show, the last of the queue, scored by itself: its row of the grid from the exported rows.
  await lab.lead('c-sweep');
  await lab.control('score-rows').click();
  await expect(lab.control('c-slider')).toBeVisible();
  const read = await exportedRows(lab);
  const [match, gate, label, weight] = ['matchScore', 'scenarioGate', 'label', 'weight'].map(read) as [
    number[],
    number[],
    number[],
    number[],
  ];
  expect(grid.rows.map((row) => row[0])).toEqual(['0', '0.3', '1']);
  const exact = (await exportedNumbers(lab, 'c-alpha'))[2]!;
  const points = (await exportedNumbers(lab, 'c-sweep')).map((point) => point['c']!);
  for (const at of [3, 11, 19]) {
    // The grid's head rounds c; the curve over c names the same values with all their digits where the grids coincide.
    const head = grid.head[at]!;
    const rounded = numeric(head.replace('c = ', ''));
    const c = points.reduce((near, one) => (Math.abs(one - rounded) < Math.abs(near - rounded) ? one : near));
    const score = match.map((m, k) => Math.fround(gate[k]! * (m - c)));
    const auc = softAuc(score, label, weight);
    // Another run's own values of c: up to half a digit of the head away, which moves a few pairs.
    expect(exact[head], `c = ${c}`).toBeCloseTo(auc, 3);
  }
  const cells = grid.rows.flatMap((row) => row.slice(1).map(numeric));
  await lab.lead('c-alpha');
  await expect(lab.control('grid-best')).toContainText(Math.max(...cells).toFixed(4));
  const best = Math.max(...sweep.rows.map((row) => numeric(row[1])));
  expect(best).toBeGreaterThan(0);

  const runs = await exportedRuns(lab);
  expect(runs).toHaveLength(3);
  for (const row of sweep.rows) {
    const run = runs.find((one) => one.setup.settings['alpha'] === Number(row[0]))!;
    expect(run.status).toBe('done');
    expect(numeric(row[1]), `α = ${row[0]}`).toBeCloseTo(run.final.overall.noiseFreeAuc, 4);
  }
});

test('a cancelled sweep trains nothing more, and keeps what is done', async ({ lab, page }) => {
  await trained(lab, { model: 'mscan', steps: 30, evaluateEvery: 10, alpha: 0.3 }, 'counterfactual');
  await lab.lead('alpha-sweep');
  await lab.control('alpha-values').fill('0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1');
  await lab.control('alpha-sweep').click();
  const progress = lab.control('alpha-progress');
  await expect(progress).toContainText('left');
  await expect.poll(async () => (await lab.figure('alpha-sweep')).rows.length).toBeGreaterThanOrEqual(2);
  await progress.getByRole('button', { name: 'cancel' }).click();
  await expect(progress).toBeHidden();
  // The run under way ends by itself; nothing begins after it.
  await lab.expectState('done');
  await page.waitForTimeout(1500);
  await lab.expectState('done');
  const kept = (await lab.figure('alpha-sweep')).rows.length;
  expect(kept).toBeLessThan(9);
  await page.waitForTimeout(1500);
  expect((await lab.figure('alpha-sweep')).rows).toHaveLength(kept);
  await page.reload();
  await expect(page.getByTestId('run-list').getByRole('listitem')).toHaveCount(kept);
});
