/**
 * The whole way of an ablation: one click, five variants × three seeds of CausalInt (its Table 5), a reload in the middle,
 * nobody touching anything until the table stands. SOAK_ABLATION_STEPS sets the steps of each run (40 by default).
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from './support/lab';
import type { FigureTable } from './support/lab';

const steps = Number(process.env.SOAK_ABLATION_STEPS ?? 40);
const VARIANTS = ['w/o orth', 'w/o invar', 'w/o classifier', 'w/o concat', 'SRM'];
/** The paper's Table 5, large scenario (printed as #2). */
const PRINTED = [0.6137, 0.614, 0.6129, 0.6134, 0.6148];

const number = (cell: string | undefined) => Number(cell?.replace('−', '-'));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function column(table: FigureTable, name: string): number {
  const at = table.head.indexOf(name);
  expect(at, `column ${name} of ${table.head.join(', ')}`).toBeGreaterThanOrEqual(0);
  return at;
}

test('CausalInt’s ablation of five variants over three seeds, from one click to its kept table', async ({
  lab,
  page,
}) => {
  const began = Date.now();
  await lab.open({
    model: 'causalint',
    dataset: 'aliccp-3',
    preset: 'browser',
    steps,
    evaluateEvery: Math.max(1, Math.round(steps / 2)),
    evaluationRows: 2000,
    stopMetric: 'none',
    backend: 'wasm',
    autostart: 1,
  });
  await lab.expectState('done', 600_000);
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.getByTestId('compare-runs').getByRole('checkbox').first().check();
  await page.getByTestId('ablate-rows').selectOption('Table 5');
  await page.getByTestId('ablate-seeds').fill('3');
  await page.getByTestId('ablate').click();

  const queue = page.getByTestId('queue');
  const done = async () => Number(await queue.getAttribute('data-done'));
  await expect(queue).toHaveAttribute('data-total', '15');
  // A reload in the middle of a run: it goes on where it was.
  await expect.poll(done, { timeout: 1_800_000, intervals: [2000] }).toBeGreaterThanOrEqual(6);
  await expect.poll(() => lab.state(), { timeout: 120_000 }).toBe('training');
  await page.reload();
  await expect(queue).toHaveAttribute('data-total', '15');
  await expect.poll(done, { timeout: 1_800_000, intervals: [2000] }).toBe(15);
  await expect(page.getByTestId('ablation')).toHaveAttribute('data-done', '15');

  const table = await lab.figure('ablation-table-5');
  expect(table.rows.map((row) => row[0])).toEqual(VARIANTS);
  expect(table.rows.map((row) => row[1])).toEqual(VARIANTS.map(() => '3'));
  const scenario = 'Scenario 1 (large)';
  expect(table.rows.map((row) => number(row[column(table, `${scenario}: paper`)]))).toEqual(PRINTED);

  // Every number again from the runs themselves, exported as files.
  await page.getByTestId('open-results').click();
  await expect.poll(async () => (await lab.figure('compare')).rows.length).toBe(4);
  const aucs = new Map<string, Map<number, number>>();
  const runs = page.getByTestId('compare-runs').getByRole('listitem');
  for (const variant of VARIANTS) {
    await page.getByLabel('Search runs').fill(`CausalInt ${variant},`);
    await expect(runs).toHaveCount(3);
    for (const run of await runs.all()) {
      await page.getByRole('button', { name: 'None' }).click();
      await run.getByRole('checkbox').check();
      const leaving = page.waitForEvent('download');
      await page.getByTestId('export-runs').click();
      const record = JSON.parse(await readFile(await (await leaving).path(), 'utf8')) as {
        status: string;
        setup: { seed: number };
        final: { scenarios: { noiseFreeAuc: number }[] };
      };
      expect(record.status).toBe('done');
      const bySeed = aucs.get(variant) ?? new Map<number, number>();
      bySeed.set(record.setup.seed, record.final.scenarios[0]!.noiseFreeAuc);
      aucs.set(variant, bySeed);
    }
  }
  const reference = aucs.get('SRM')!;
  for (const [r, variant] of VARIANTS.entries()) {
    const own = aucs.get(variant)!;
    expect(own.size, `seeds of ${variant}`).toBe(3);
    const row = table.rows[r]!;
    expect(number(row[column(table, scenario)]), variant).toBeCloseTo(mean([...own.values()]), 4);
    if (variant === 'SRM') continue;
    const differences = [...own].map(([seed, auc]) => auc - reference.get(seed)!);
    const difference = mean(differences);
    expect(number(row[column(table, `${scenario}: difference`)]), variant).toBeCloseTo(difference, 5);
    const direction = row[column(table, `${scenario}: direction`)]!;
    // Every printed variant is below SRM.
    expect(direction, variant).toMatch(difference < 0 ? /^agrees/ : /^opposite/);
  }
  await page.getByTestId('figure-ablation-table-5').screenshot({ path: test.info().outputPath('table.png') });
  const agreement = await page.getByTestId('ablation-table-5-agreement').innerText();

  // It is kept: dismissed from the queue and after a reload it opens again, with the same numbers.
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.reload();
  await page
    .getByTestId('ablations')
    .getByRole('button', { name: /Table 5/ })
    .first()
    .click();
  await expect.poll(async () => (await lab.figure('ablation-table-5')).rows).toEqual(table.rows);
  const markdown = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Export: CausalInt, Table 5/ }).click();
  await page.getByRole('button', { name: 'Markdown' }).click();
  const text = await readFile(await (await markdown).path(), 'utf8');
  for (const variant of VARIANTS) expect(text).toContain(`| ${variant}`);
  console.log(`${((Date.now() - began) / 60_000).toFixed(1)} min\n${text}\n${agreement}`);
});
