/** Train beside: a switch is pressed, both runs are trained, and the bars are the difference of their own figures. */
import { expect, test } from './support/lab';
import { exportedRuns, numeric } from './support/pictures';

test('an edge that is pressed is trained with and without, and the bars are their difference', async ({
  lab,
  page,
}) => {
  await lab.open({
    model: 'causalint',
    preset: 'tiny',
    batch: 128,
    steps: 20,
    evaluateEvery: 10,
    evaluationRows: 300,
    stopMetric: 'none',
    backend: 'wasm',
    tab: 'graph',
    autostart: 1,
  });
  await lab.expectState('done');
  await expect(lab.control('changed-since')).toHaveCount(0);

  const edge = page.locator('[data-testid^="edge-"]').first();
  const before = await edge.getAttribute('aria-checked');
  await edge.focus();
  await page.keyboard.press('Enter');
  await expect(edge).toHaveAttribute('aria-checked', before === 'true' ? 'false' : 'true');
  // What is said of the edge under the focus follows the press, and says how the run on show was trained.
  await expect(page.getByTestId('figure-causal-graph').locator('.graph-note')).toContainText(
    before === 'true' ? ': cut; this run: kept' : ': kept; this run: cut',
  );
  await expect(lab.control('changed-since')).toContainText(/Changed since this run:.*(on → off|off → on|→)/);

  await lab.control('train-beside').click();
  await expect(lab.control('figure-beside')).toContainText('Test rows, best weights of each run', {
    timeout: 120_000,
  });
  const table = await lab.figure('beside');
  expect(table.rows).toHaveLength(4);
  await expect(lab.control('figure-beside').locator('.difference-row')).toHaveCount(4);
  // The bar stands at the edge that was pressed.
  await expect(page.locator('.edge-bars').first()).toBeVisible();

  const runs = await exportedRuns(lab);
  expect(runs).toHaveLength(2); // the first run was one of the pair
  const name = Object.keys(runs[0]!.setup.settings).find(
    (one) => String(runs[0]!.setup.settings[one]) !== String(runs[1]!.setup.settings[one]),
  );
  expect(name).toBeDefined();
  const first = runs.find(({ setup }) => setup.settings[name!] === true);
  const second = runs.find(({ setup }) => setup.settings[name!] === false);
  for (const [s, row] of table.rows.slice(0, 3).entries()) {
    const [a, b] = [first!.final.scenarios[s]!.noiseFreeAuc, second!.final.scenarios[s]!.noiseFreeAuc];
    expect(numeric(row[1])).toBeCloseTo(a, 3);
    expect(numeric(row[3])).toBeCloseTo(b - a, 3);
  }
});
