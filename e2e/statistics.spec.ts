/** Compare: smoothing, DeLong's test and files, each computed another way from what the page exports. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { exportedNumbers, exportedRows, trained } from './support/pictures';
import { expect, test } from './support/lab';
import type { Lab } from './support/lab';

const tiny = { model: 'mscan', steps: 12, evaluateEvery: 2, evaluationRows: 200 };

type Read = (name: string) => number[];

async function scoredRun(lab: Lab, alpha: number): Promise<Read> {
  await trained(lab, { ...tiny, alpha }, 'counterfactual');
  await lab.control('score-rows').click();
  await expect(lab.control('c-slider')).toBeVisible();
  return exportedRows(lab);
}

/** DeLong, DeLong and Clarke-Pearson by their kernel over every pair of a click and none. */
function deLong(a: readonly number[], b: readonly number[], label: readonly number[]) {
  const [positive, negative] = [1, 0].map((of) => label.flatMap((one, k) => (one === of ? [k] : [])));
  const [m, n] = [positive!.length, negative!.length];
  const parts = [a, b].map((score) => {
    const [clicks, others] = [new Float64Array(m), new Float64Array(n)];
    positive!.forEach((i, x) =>
      negative!.forEach((j, y) => {
        const won = score[i]! > score[j]! ? 1 : score[i] === score[j] ? 0.5 : 0;
        clicks[x]! += won / n;
        others[y]! += won / m;
      }),
    );
    return { auc: clicks.reduce((sum, one) => sum + one, 0) / m, clicks, others };
  });
  const [one, other] = [parts[0]!, parts[1]!];
  const variance = (x: Float64Array, y: Float64Array) => {
    const apart = x.map((value, k) => value - y[k]!);
    const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
    return apart.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (apart.length - 1);
  };
  const error = Math.sqrt(variance(one.clicks, other.clicks) / m + variance(one.others, other.others) / n);
  return { one: one.auc, other: other.auc, error, z: (one.auc - other.auc) / error };
}

/** Twice the normal tail by Simpson's rule. */
function tail(z: number): number {
  const [from, pieces, width] = [Math.abs(z), 4000, 12 / 4000];
  let sum = 0;
  for (let k = 0; k <= pieces; k++) {
    const factor = k === 0 || k === pieces ? 1 : k % 2 === 1 ? 4 : 2;
    sum += factor * Math.exp(-((from + k * width) ** 2) / 2);
  }
  return (2 * sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

async function saved(page: Page, figure: string, format: string): Promise<Buffer> {
  const part = page.getByTestId(`figure-${figure}`);
  await part.getByRole('button', { name: /^Export:/ }).click();
  const download = page.waitForEvent('download');
  await part.getByRole('button', { name: format, exact: true }).click();
  return readFile(await (await download).path());
}

test('two runs: smoothed curves, DeLong’s test, the table as a picture, one file of both, a link', async ({
  lab,
  page,
  context,
}) => {
  const runs = [await scoredRun(lab, 0.1), await scoredRun(lab, 2)] as const;
  await page.getByRole('link', { name: 'Compare' }).click();
  const list = page.getByTestId('compare-runs').getByRole('listitem');
  await expect(list).toHaveCount(2);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await expect(lab.control('differences')).toContainText(/ instead of /);

  // Smoothing: at every step the mean of all values so far, the k-th before weighing f^k.
  const plain = await exportedNumbers(lab, 'compare-auc');
  expect(plain.length).toBeGreaterThanOrEqual(6);
  await lab.control('smoothing').fill('0.6');
  await expect(lab.control('smoothing')).toHaveValue('0.6');
  const smooth = await exportedNumbers(lab, 'compare-auc');
  const lines = Object.keys(plain[0]!).filter((name) => name !== 'step');
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    plain.forEach((_, t) => {
      const weights = plain.slice(0, t + 1).map((__, k) => 0.6 ** (t - k));
      const mean = weights.reduce((sum, weight, k) => sum + weight * plain[k]![line]!, 0);
      expect(smooth[t]![line], `${line}, ${t}`).toBeCloseTo(
        mean / weights.reduce((sum, weight) => sum + weight),
        10,
      );
    });
    expect(smooth.at(-1)![line]).not.toBe(plain.at(-1)![line]);
  }

  await lab.control('delong').click();
  await expect(lab.control('delong-result')).toBeVisible();
  const table = await exportedNumbers(lab, 'delong');
  expect(table).toHaveLength(3);
  const [first, second] = runs;
  const [label, scenario] = [first('label'), first('scenario')];
  table.forEach((row, s) => {
    const own = scenario.flatMap((of, k) => (of === s ? [k] : []));
    const pick = (values: readonly number[]) => own.map((k) => values[k]!);
    // The first run is the reference.
    const wanted = deLong(pick(second('score')), pick(first('score')), pick(label));
    expect(row['rows']).toBe(own.length);
    expect(row['AUC']).toBeCloseTo(wanted.one, 6);
    expect(row['AUC of the reference']).toBeCloseTo(wanted.other, 6);
    expect(row['standard error']).toBeCloseTo(wanted.error, 6);
    expect(row['z']).toBeCloseTo(wanted.z, 3);
    expect(row['p']).toBeCloseTo(tail(wanted.z), 4);
  });

  // A figure that is a table has pictures too.
  const svg = (await saved(page, 'compare', 'SVG')).toString();
  for (const row of (await lab.figure('compare')).rows) expect(svg).toContain(row[0]!.replace('&', '&amp;'));
  const png = await saved(page, 'compare', 'PNG');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16), 'pixels across').toBeGreaterThan(400);

  // Both runs leave in one file and come back from it.
  const names = (await list.locator('.run-name').allInnerTexts()).sort();
  const leaving = page.waitForEvent('download');
  await page.getByTestId('export-runs').click();
  const zip = await leaving;
  expect(zip.suggestedFilename()).toBe('scenarium-runs.zip');
  const buffer = await readFile(await zip.path());
  for (const left of [1, 0]) {
    await list.first().hover();
    await list
      .first()
      .getByRole('button', { name: /^Delete/ })
      .click();
    await expect(list).toHaveCount(left);
  }
  await page
    .getByTestId('import-run')
    .setInputFiles({ name: 'runs.zip', mimeType: 'application/zip', buffer });
  await expect(list).toHaveCount(2);
  expect((await list.locator('.run-name').allInnerTexts()).sort()).toEqual(names);
  // The same numbers as before they left.
  await lab.control('smoothing').fill('0');
  await expect.poll(async () => (await lab.figure('compare-auc')).rows.length).toBe(plain.length);
  const back = await exportedNumbers(lab, 'compare-auc');
  expect(back.map((row) => lines.map((line) => row[line]).sort())).toEqual(
    plain.map((row) => lines.map((line) => row[line]).sort()),
  );

  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await list.first().hover();
  await list
    .first()
    .getByRole('button', { name: /^Copy a link/ })
    .click();
  await expect(page.getByText(/The link to this run/)).toBeVisible();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(link.searchParams.get('model')).toBe('mscan');
  await page.goto(link.href);
  await expect(lab.app).toBeVisible();
  await expect(lab.control('hp-alpha')).toHaveValue(link.searchParams.get('alpha') ?? '');
});
