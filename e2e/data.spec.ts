import { expect, test } from './support/lab';
import { exportedRuns } from './support/pictures';
import type { Page } from '@playwright/test';

/** Rows of a log: scenario `c` has no click at all. */
function log(delimiter: string, rows = 400): string {
  const lines = [['user_id', 'item_id', 'price', 'tab', 'is_click', 'timestamp'].join(delimiter)];
  for (let k = 0; k < rows; k++) {
    const tab = ['a', 'b', 'c'][k % 3]!;
    const click = tab !== 'c' && (k * 7919) % 10 < 3 ? 1 : 0;
    lines.push([k % 40, k % 23, (k % 17) / 2, tab, click, 1_600_000_000 + k * 60].join(delimiter));
  }
  return lines.join('\r\n');
}

async function give(page: Page, name: string, content: string): Promise<void> {
  await page.getByTestId('open-import').click();
  await page
    .getByTestId('import-file')
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
}

test('an awkward file (byte order mark, semicolons, CRLF) imports and trains; a scenario without clicks is "undefined"', async ({
  lab,
  page,
}) => {
  await lab.open({ page: 'data', preset: 'tiny', batch: 64, steps: 6, evaluateEvery: 3, backend: 'wasm' });
  await give(page, 'awkward.csv', `\uFEFF${log(';')}`);
  await expect(page.getByTestId('mapping-table')).toBeVisible();
  await expect(page.getByTestId('role-is_click')).toHaveValue('label');
  await expect(page.getByTestId('role-tab')).toHaveValue('scenario');
  await page.getByTestId('role-price').selectOption('ignore');
  await page.getByTestId('import-go').click();
  await expect(page.getByTestId('dataset')).toContainText('awkward');

  // How it was read is kept with it, and can be used for the next file of these columns.
  await page.reload();
  await give(page, 'second.csv', log(',', 401));
  await expect(page.getByTestId('role-price')).not.toHaveValue('ignore');
  await page.getByTestId('mapping-reuse').selectOption({ label: 'as “awkward”' });
  await expect(page.getByTestId('role-price')).toHaveValue('ignore');
  await page
    .getByRole('navigation', { name: 'Datasets' })
    .getByRole('button', { name: /awkward/ })
    .click();
  await page.getByTestId('kept-mapping').getByText('How the file was read').click();
  await expect(page.getByTestId('kept-mapping-summary')).toContainText('Predicts “is_click”');
  await page.getByRole('button', { name: 'Train on it' }).click();
  await lab.control('train').click();
  await lab.expectState('done');
  expect(await lab.scenarios()).toHaveLength(3);
  const values = Object.values(await lab.aucs());
  expect(values.filter((value) => value.startsWith('undefined'))).toHaveLength(1);
  await expect(page.getByText('NaN')).toHaveCount(0);
});

test('a file without a label says so and lets the person choose one; nonsense is refused in one sentence', async ({
  lab,
  page,
}) => {
  await lab.open({ page: 'data' });
  await give(page, 'unlabelled.csv', log(',').replace('is_click', 'flag_x'));
  await expect(page.getByTestId('mapping-table')).toBeVisible();
  await expect(page.getByTestId('role-flag_x')).toHaveValue('context');
  await expect(page.getByTestId('import-go')).toBeDisabled();
  await page.getByTestId('role-flag_x').selectOption('label');
  await expect(page.getByTestId('import-summary')).toContainText('Predicts “flag_x”');
  await expect(page.getByTestId('import-go')).toBeEnabled();
  await page.getByTestId('role-flag_x').selectOption('ignore');
  await expect(page.getByTestId('import-go')).toBeDisabled();
  await expect(page.getByRole('alert')).toContainText(/label/);

  await give(page, 'empty.csv', '');
  await expect(page.getByRole('alert').filter({ hasText: /empty/i })).toBeVisible();
});

test('sample values and the leak check of a mapping stand in view at every width', async ({ lab, page }) => {
  await lab.open({ page: 'data' });
  const wide = log(',').replace('user_id', 'a_column_of_a_rather_long_name');
  const rows = wide
    .split('\r\n')
    .map(
      (line, k) =>
        `${line},${k === 0 ? 'query_text,bought_it' : `some words of a search ${k},${line.split(',')[4]}`}`,
    );
  await give(page, 'wide.csv', rows.join('\n'));
  const table = page.getByTestId('mapping-table');
  await expect(table).toBeVisible();
  const scroll = page.locator('.mapping-scroll');
  for (const width of [390, 1280, 1920]) {
    await page.setViewportSize({ width, height: 844 });
    await expect
      .poll(
        () => scroll.evaluate((box) => box.scrollWidth - box.clientWidth),
        `${width}: the table is as wide as its place`,
      )
      .toBeLessThanOrEqual(0);
    const told = table.locator('tr[data-column="bought_it"]');
    await told.scrollIntoViewIfNeeded();
    const cells = await told.locator('td').evaluateAll((all) =>
      all.map((cell) => {
        const { left, right, height } = cell.getBoundingClientRect();
        return { left, right, height, width: right - left, text: cell.textContent };
      }),
    );
    // Role, first rows, leak check, why, how many values and how many empty.
    expect(cells).toHaveLength(6);
    for (const cell of cells) {
      expect(cell.left, `${width}: ${cell.text}`).toBeGreaterThanOrEqual(0);
      expect(cell.right, `${width}: ${cell.text}`).toBeLessThanOrEqual(width);
      expect(Math.min(cell.width, cell.height), `${width}: ${cell.text} has room`).toBeGreaterThan(12);
    }
    const [, examples, , why] = cells;
    expect(examples!.width, `${width}: first rows`).toBeGreaterThan(width < 641 ? 150 : 110);
    expect(why!.width, `${width}: why`).toBeGreaterThan(width < 641 ? 300 : 110);
    await expect(told).toContainText('1.0000');
    await expect(table.locator('tr[data-column="query_text"] .examples')).toContainText('some words');
  }
});

test('a world of one’s own: an edge cut on the graph turns its knob, and what is made says "simulated"', async ({
  lab,
  page,
}) => {
  await lab.open({ page: 'data' });
  await page.getByTestId('open-simulator').click();
  await page.getByTestId('edge-scenario-click').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('knob-directEffect')).toHaveValue('0');
  await expect(page.getByTestId('knob-baseRate')).toHaveValue('0');
  await expect(page.getByTestId('world-changes')).toContainText('Direct effect');
  await page.getByTestId('simulate').click();
  await expect(page.getByTestId('progress')).toBeVisible();
  await expect(page.getByTestId('dataset')).toBeVisible();
  await expect(page.getByTestId('dataset')).toContainText(/simulated/i);
});

test('what a knob does shows before anything is simulated; the changed world has its name wherever it is named', async ({
  lab,
  page,
}) => {
  await lab.open({ page: 'data', preset: 'tiny', batch: 128, steps: 4, evaluateEvery: 2, backend: 'wasm' });
  await page.getByTestId('open-simulator').click();
  await page.getByTestId('twin-select').selectOption('conflict-4');
  const preview = page.getByTestId('world-preview');
  const related = async () => {
    await expect(preview).toHaveAttribute('data-current', 'true');
    const cell = page.getByTestId('world-estimates').locator('tfoot tr').last().locator('td').last();
    return Number((await cell.innerText()).split(' ')[0]);
  };
  const own = await related();
  // Relatedness is (1 − conflict) times the cosine of weights: 0.75 in this world, none at 1.
  await page.getByTestId('knob-conflict').fill('0.5');
  await expect.poll(related).toBeCloseTo(own * 2, 1);
  await page.getByTestId('knob-conflict').fill('1');
  await expect.poll(related).toBe(0);
  await expect(preview).toContainText('An estimate');
  const knob = page.getByTestId('preview-conflict');
  await expect(knob).toContainText('relatedness of scenarios 1.00 → 0.00');
  await page.getByTestId('knob-conflict').fill('0.5');
  await expect(page.getByTestId('progress')).toHaveCount(0);

  await page.getByTestId('simulate').click();
  const name = 'Conflict 0.5';
  await expect(page.getByTestId('dataset').getByRole('heading').first()).toContainText(name);
  await page.getByRole('button', { name: 'Train on it' }).click();
  await expect(page.getByTestId('dataset-select').locator('option:checked')).toContainText(name);
  await lab.control('train').click();
  await lab.expectState('done');
  await page.getByRole('link', { name: 'Compare' }).click();
  const run = page.getByTestId('compare-runs').getByRole('listitem').first();
  await expect(run).toContainText(name);
  await run.getByRole('checkbox').check();
  const [exported] = await exportedRuns(lab);
  expect(exported!.datasetTitle).toContain(name);
});

test('the catalogue never shows simulated rows without the word', async ({ lab, page }) => {
  await lab.open({ page: 'data' });
  const samples = page.locator('button[data-dataset]');
  await expect(samples.first()).toBeVisible();
  for (const title of await samples.allInnerTexts()) expect(title).toMatch(/simulated/i);
});
