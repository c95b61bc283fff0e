/** Every Inspect tab: a small run is trained and the figure's numbers are checked against numbers computed another way. */
import { column, exportedRows, numbers, numeric, rankAuc, trained } from './support/pictures';
import { expect, test } from './support/lab';

test('gates of every scenario sum to 1', async ({ lab }) => {
  await trained(lab, { model: 'mmoe', steps: 20, evaluateEvery: 10 }, 'gates');
  const { rows } = await lab.figure('gates');
  expect(rows).toHaveLength(3);
  for (const row of rows) {
    expect(numbers(row).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 2);
  }
});

test('mask overlap is the share of common edges, recomputed from the masks', async ({ lab }) => {
  await trained(
    lab,
    {
      model: 'aread',
      dataset: 'amazon-25',
      steps: 16,
      warmup: 6,
      maskInterval: 8,
      evaluateEvery: 8,
      evaluationRows: 60,
    },
    'masks',
  );
  const overlap = await lab.figure('mask-overlap');
  const masks = await lab.figure('masks-masks');
  const edges = new Map(masks.rows.map((row) => [row[0]!, numbers(row)]));
  expect(edges.size).toBe(25);
  const names = overlap.head.slice(1);
  for (const [r, row] of overlap.rows.entries()) {
    for (const [c, shown] of numbers(row).entries()) {
      const a = edges.get(row[0]!)!;
      const b = edges.get(names[c]!)!;
      const both = a.filter((kept, e) => kept === 1 && b[e] === 1).length;
      const either = a.filter((kept, e) => kept === 1 || b[e] === 1).length;
      expect(shown, `${r}, ${c}`).toBeCloseTo(either === 0 ? 1 : both / either, 2);
    }
  }
  // The search made masks that differ.
  expect(overlap.rows.some((row) => numbers(row).some((value) => value < 1))).toBe(true);
  const pair = await lab.figure('mask-pair');
  const first = numbers(masks.rows[0]!);
  expect(pair.rows.map((row) => Number(row[1]))).toEqual(first);
});

test('the sweep over c agrees with the exported rows, and the slider re-scores at once', async ({
  lab,
  page,
}) => {
  await trained(lab, { model: 'mscan', steps: 20, evaluateEvery: 10, curve: 'drawn' }, 'counterfactual');
  await page.getByText('drawn labels').click();
  await lab.control('score-rows').click();
  await expect(lab.control('c-slider')).toBeVisible({ timeout: 60_000 });
  const read = await exportedRows(lab);
  const [match, gate, label, weight] = [
    read('matchScore'),
    read('scenarioGate'),
    read('label'),
    read('weight'),
  ];
  await expect
    .poll(async () => (await lab.figure('c-sweep')).rows.length, { timeout: 60_000 })
    .toBeGreaterThanOrEqual(21);
  const table = await lab.figure('c-sweep');
  const overall = column(table, 'overall');
  for (const at of [2, 10, 18]) {
    const c = numeric(table.rows[at]![0]);
    const score = match.map((m, k) => gate[k]! * (m - c));
    // The table shows c with the digits that a reader needs, so its last digit can move a few pairs.
    expect(Number(table.rows[at]![overall]), `c = ${c}`).toBeCloseTo(rankAuc(score, label, weight), 2);
  }
  const before = await lab.control('c-value').innerText();
  await lab.control('c-slider').focus();
  await page.keyboard.press('ArrowRight');
  await expect(lab.control('c-value')).not.toHaveText(before);
});

test('votes stand beside the simulator’s truth, row by row', async ({ lab }) => {
  await trained(lab, { model: 'causalint', steps: 10, evaluateEvery: 5 }, 'counterfactual');
  expect((await lab.figure('votes')).rows).toHaveLength(9);
  await lab.control('votes-truth').click();
  await expect(lab.control('votes-error')).toBeVisible({ timeout: 60_000 });
  const table = await lab.figure('votes');
  const [vote, truth, difference] = ['vote', 'true rate', 'difference'].map((name) => column(table, name));
  for (const row of table.rows) {
    const value = (at: number | undefined) => numeric(row[at!]);
    expect(value(truth)).toBeGreaterThan(0);
    expect(value(difference)).toBeCloseTo(value(vote) - value(truth), 3);
  }
});

test('an edge of the causal graph switches its module, by keyboard', async ({ lab, page }) => {
  await lab.open({ model: 'mscan', preset: 'tiny' });
  await lab.control('tab-graph').click();
  const edges = async () =>
    (await lab.figure('causal-graph')).rows.filter((row) => row.includes('cut')).length;
  expect(await edges()).toBe(0);
  await page
    .getByTestId('figure-causal-graph')
    .locator('[role="switch"], [role="button"], button[aria-pressed]')
    .first()
    .focus();
  await page.keyboard.press('Enter');
  await expect.poll(edges).toBe(1);
  const search = new URL(page.url()).searchParams;
  expect(search.has('sbe') || search.has('saca')).toBe(true);
});
