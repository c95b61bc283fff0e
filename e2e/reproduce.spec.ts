/** The Reproduce page: what is stored opens at once, filters, and stays in the address; any of it runs again; the report needs no server. */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { axeOf } from './support/axe';
import { expect, test } from './support/lab';
import {
  claimsOf,
  DOSES,
  madeUpStudy,
  SEEDS,
  storeStudies,
  studyOfRun,
  trainedHeadless,
} from './support/studies';

/** Student's two-sided p with four degrees of freedom, in closed form: five pairs, and none of the project's own code. */
function pOfFivePairs(differences: readonly number[]): number {
  const n = differences.length;
  expect(n).toBe(5);
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (n - 1);
  const t = Math.abs(mean) / Math.sqrt(variance / n);
  const u = 1 + (t * t) / 4;
  return 1 - 2 * (3 / 8) * (t / Math.sqrt(u)) * (1 - (t * t) / (12 * u));
}

async function mscanStudy() {
  const claims = await claimsOf('mscan');
  const variants = [...new Set(claims.flatMap(({ test: { variant, against } }) => [variant, against]))];
  return madeUpStudy('mscan', ['places-4'], variants);
}

test('claims, tables, doses and ranks of stored studies, light, dark and narrow; the report from a disk', async ({
  lab,
  page,
  context,
}) => {
  const study = await mscanStudy();
  const ranks = madeUpStudy('ranks', ['promotion-6', 'conflict-4'], ['mix', 'single', 'mmoe', 'star']);
  await storeStudies(page, [study, ranks]);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const check = async (moment: string, themes: readonly ('light' | 'dark')[]) => {
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      const { violations } = await axeOf(page).analyze();
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`),
        `${moment}, ${colorScheme}`,
      ).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    const main = page.locator('main');
    // Charts measure their room after the page has it: what they draw until then is as wide as before.
    await expect
      .poll(() => main.evaluate((element) => element.scrollWidth - element.clientWidth), moment)
      .toBe(0);
    await page.setViewportSize({ width: 1280, height: 720 });
  };

  await lab.open({ page: 'reproduce' });
  const rows = lab.control('claims').locator('tr[data-claim]');
  await expect(rows.first()).toBeVisible();
  const papers = ['sarnet', 'causalint', 'optmsm', 'mscan', 'aread'];
  const all = (await Promise.all(papers.map(claimsOf))).flat();
  await expect(rows).toHaveCount(all.length);
  await lab.control('claims-paper').selectOption('mscan');
  await expect(rows).toHaveCount(all.filter(({ id }) => id.startsWith('mscan')).length);
  const verdict = await rows.first().getAttribute('data-verdict');
  await lab.control('claims-verdict').selectOption(verdict);
  for (const row of await rows.all()) await expect(row).toHaveAttribute('data-verdict', verdict!);
  await lab.control('claims-sort').selectOption('effect');
  await rows.first().getByRole('button').click();
  await expect(lab.control('claim-experiment').locator('tr[data-world]')).toHaveCount(DOSES.length);
  await expect(lab.control('cells').locator('tr[data-cell]')).toHaveCount(2 * SEEDS.length);
  const open = new URL(page.url()).searchParams.get('claim');
  expect(await rows.first().getAttribute('data-claim')).toBe(open);
  await check('a claim', ['light', 'dark']);
  await page.reload();
  await expect(lab.control('claim-experiment')).toBeVisible();
  await expect(lab.control('claims-verdict')).toHaveValue(verdict!);

  await lab.control('reproduce-part').getByText('Tables').click();
  await lab.control('table-select').selectOption('table-2-ali-ccp');
  const table = await lab.figure('table-mscan-table-2-ali-ccp');
  const printedAt = table.head.findIndex((column) => column.endsWith(': printed'));
  expect(table.rows.find(([name]) => name === 'w/ SACA, w/ SBE')?.[printedAt]).toBe('0.6714');
  await check('a table', ['dark']);

  await lab.control('reproduce-part').getByText('Doses').click();
  const doses = await lab.figure('dose-mscan');
  const one = doses.rows.filter(([label]) => label === doses.rows[0]![0]);
  expect(one.map((row) => Number(row[3])).slice(0, DOSES.length)).toEqual([...DOSES]);
  await check('doses', ['light']);

  await lab.control('reproduce-part').getByText('Ranks').click();
  const { head, rows: models } = await lab.figure('ranks');
  const mean = models.map((row) => Number(row[head.indexOf('mean rank')]));
  expect(mean.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(10, 3);
  expect(mean).toEqual([...mean].sort((a, b) => a - b));
  await check('ranks', ['light', 'dark']);

  const download = page.waitForEvent('download');
  await lab.control('report-html').click();
  const saved = await (await download).path();
  const html = await readFile(saved, 'utf8');
  expect(html.length).toBeLessThan(5_000_000);
  const disk = await context.newPage();
  const asked: string[] = [];
  disk.on('request', (request) => asked.push(request.url()));
  // A path of its own, as a person's disk has it: browsers show only what is called .html as a page.
  const file = `${saved}.html`;
  await (await download).saveAs(file);
  await disk.goto(pathToFileURL(file).href);
  await expect(disk.locator('#report[data-ready]')).toBeVisible();
  expect(asked, 'nothing but the file itself is read').toEqual([pathToFileURL(file).href]);
  // Nothing of the other papers is stored: that is no figure that came out undefined.
  const notRun = disk.locator('#claims tbody tr', { hasText: 'not run' });
  expect(await notRun.count()).toBeGreaterThan(0);
  for (const text of await notRun.allInnerTexts()) expect(text).not.toContain('undefined');
  const dose = study.worlds[2]!.id;
  const told = disk.locator('#claims tbody tr', { hasText: dose });
  const stored = all.filter(
    ({ id, test: { metric } }) => id.startsWith('mscan') && metric === 'noiseFreeAuc',
  );
  const byClaim = stored.map(({ test: { variant, against } }) => {
    const figures = (wanted: string) =>
      study.cells
        .filter((cell) => cell.world === dose && cell.variant === wanted)
        .map(({ figures: { noiseFreeAuc } }) => noiseFreeAuc.overall);
    const theirs = figures(against);
    return pOfFivePairs(figures(variant).map((value, k) => value - theirs[k]!));
  });
  const shown = (
    await told.locator('[data-p]').evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-p')!))
  ).map(Number);
  expect(shown.length).toBeGreaterThanOrEqual(stored.length);
  for (const p of byClaim)
    expect(Math.min(...shown.map((other) => Math.abs(other - p))), `p = ${p}`).toBeLessThan(1e-8);
  // The printed tables stand there too: SACA without SBE in M-scan's Table 2, which the page compares with the whole model.
  const printed = disk.locator('[data-table="mscan-table-2-ali-ccp"]');
  await expect(printed).toContainText('0.6714');
  await printed.locator('select').selectOption(dose);
  const byPrinted = await printed
    .locator('[data-p]')
    .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-p'))));
  expect(byPrinted.length).toBeGreaterThan(0);
  const overall = (variant: string) =>
    study.cells
      .filter((cell) => cell.world === dose && cell.variant === variant)
      .map(({ figures: { noiseFreeAuc } }) => noiseFreeAuc.overall);
  const whole = overall('mscan');
  const p = pOfFivePairs(overall('mscan:with-saca-without-sbe').map((value, k) => value - whole[k]!));
  expect(Math.min(...byPrinted.map((other) => Math.abs(other - p)))).toBeLessThan(1e-8);
  await expect(disk.locator('#doses svg').first()).toBeVisible();
  // Ranks are those of the page, to the digit that it hands on.
  const inReport = await disk
    .locator('#rank-map [data-mean-rank]')
    .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-mean-rank'))));
  expect(inReport).toHaveLength(mean.length);
  inReport.forEach((rank, k) => expect(rank).toBeCloseTo(mean[k]!, 3));
  await disk.getByRole('button', { name: 'p', exact: true }).click();
  const sorted = (
    await disk
      .locator('#claims [data-p]')
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-p')!))
  ).map(Number);
  expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
  const again = disk.locator('#runs a').first();
  expect(await again.getAttribute('href')).toContain('autostart=1');
});

test('a stored cell runs again, over a pause and a reload, to the bit; another says why not', async ({
  lab,
  page,
}) => {
  const run = await trainedHeadless(
    '--model mix --preset tiny --dataset places-4 --seed 1 --steps 20 --batch 256 --evaluateEvery 10 --evaluationRows 300'.split(
      ' ',
    ),
  );
  await storeStudies(page, [studyOfRun('mscan', run, ['mscan', 'mix:do-slot'])]);
  await lab.open({ page: 'reproduce', claim: 'mscan-above-fixed-place' });
  const cells = lab.control('cells').locator('tr[data-cell]');
  await expect(cells).toHaveCount(3);
  await lab.control('claim-experiment').getByRole('button', { name: 'Run this row here' }).click();
  const queue = lab.control('queue');
  await expect(queue).toHaveAttribute('data-total', '2');
  await queue.getByRole('button', { name: 'Pause' }).click();
  await page.reload();
  await expect(queue).toHaveAttribute('data-total', '2');
  await queue.getByRole('button', { name: 'Go on' }).click();
  await expect(queue).toHaveAttribute('data-done', '2');
  // The second is of the first's run, with its rows scored on one place: trained once.
  for (const same of [0, 1]) await expect(cells.nth(same)).toHaveAttribute('data-agreement', 'exact');
  await expect(cells.nth(2)).toHaveAttribute('data-agreement', /close|apart/);
  await expect(cells.nth(2)).toContainText('nothing that is kept explains it');
});
