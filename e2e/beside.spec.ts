/** Train beside: a switch is pressed, both runs are trained, and the bars are the difference of their own figures. */
import { expect, test } from './support/lab';
import { exportedRuns, numeric } from './support/pictures';
import type { FigureTable } from './support/lab';
import {
  differencesBySeed,
  differencesOfSeed,
  mostOfTheCause,
  storedStudy,
  summary,
  SWITCHED,
} from './support/storedStudies';
import { cellAddress } from '../src/studies/evidence/cellAddress';

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

/** Papers whose pair is trained at the study's own size. */
const OWN_SIZE: readonly string[] = ['sarnet', 'optmsm'];

/** Seeds below which a study decides nothing. */
const LEAST_SEEDS = 5;

/** The paper's arrow, the study’s model without it and with it, and what the story's small run needs for it to matter. */
const ARROWS: Readonly<
  Record<string, { edge: string; pair: readonly [string, string]; more: Readonly<Record<string, string>> }>
> = {
  sarnet: { edge: 'edge-X-I', pair: SWITCHED['sarnet']!, more: {} },
  causalint: { edge: 'edge-X1-Y2', pair: SWITCHED['causalint']!, more: {} },
  optmsm: { edge: 'edge-prior-hyper', pair: SWITCHED['optmsm']!, more: {} },
  mscan: { edge: 'edge-S-Y', pair: SWITCHED['mscan']!, more: {} },
  aread: {
    edge: 'edge-mask-experts',
    pair: ['aread:hei', 'aread'],
    // Masks have to be searched before the end.
    more: { warmup: '40', maskInterval: '40', numCandidates: '2', trialSteps: '3', firstExperts: '2' },
  },
};

/**
 * In which direction a stored study says that cutting an arrow moves the mean; null where it decides nothing, because it has fewer
 * than five seeds or the interval over them holds zero. Then there is no sign to agree with, and two small runs of one seed may come
 * out either way: what is asked for is that the page shows their own difference.
 */
function decided(paper: string, pair: readonly [string, string]): number | null {
  const study = storedStudy(paper);
  if (study === null) return null;
  const world = mostOfTheCause(study);
  const values = differencesBySeed(study, world.id, pair, ({ noiseFreeAuc }) => noiseFreeAuc?.mean);
  if (values.length < LEAST_SEEDS) return null;
  const { mean, half } = summary(values);
  return half !== null && Math.abs(mean) > half ? Math.sign(mean) : null;
}

test('a paper’s arrow is cut in its world, and the difference agrees in sign with the stored study where that decides', async ({
  lab,
  page,
}) => {
  test.slow();
  const agreed: string[] = [];
  const tables = new Map<string, FigureTable['rows']>();
  // The others are trained at the study's own size below, which asks for more.
  const small = Object.entries(ARROWS).filter(([paper]) => !OWN_SIZE.includes(paper));
  for (const [paper, { edge, pair, more }] of small) {
    await lab.open({ page: 'learn', story: paper, screen: 5 });
    const address = await lab.control('open-lab').getAttribute('href');
    const query = { ...Object.fromEntries(new URLSearchParams(address!)), ...more, tab: 'graph' };
    await lab.open({ ...query, backend: 'wasm' });
    await page.getByTestId(edge).focus();
    await page.keyboard.press('Enter');
    await lab.control('train-beside').click();
    await expect(lab.control('figure-beside')).toContainText('Test rows, best weights of each run');
    const { rows } = await lab.figure('beside');
    tables.set(paper, rows);
    const [, , , shown] = rows.at(-1)!.map(numeric);
    // A switch that moves nothing at all did not take part in the run.
    expect(shown, paper).not.toBe(0);
    const sign = decided(paper, pair);
    agreed.push(`${paper}: ${shown} here, ${sign === null ? 'undecided' : sign > 0 ? '+' : '−'} stored`);
    if (sign !== null) expect(Math.sign(shown!), agreed.at(-1)).toBe(sign);
  }
  console.log(agreed.join('\n'));
  // A bar is the second run less the first: without the paper's part, less with it.
  const all = await exportedRuns(lab);
  for (const [paper, rows] of tables) {
    const runs = all.filter(({ setup }) => setup.model === paper);
    expect(runs).toHaveLength(2);
    for (const [s, row] of rows.slice(0, -1).entries()) {
      const [, a, b, difference] = row.map(numeric);
      if (Number.isNaN(difference)) continue;
      const kept = (value: number) =>
        runs.some(({ final }) => Math.abs(final.scenarios[s]!.noiseFreeAuc - value) < 6e-5);
      expect([kept(a!), kept(b!)], `${paper}, ${row[0]}`).toEqual([true, true]);
      expect(b! - a!).toBeCloseTo(difference!, 3);
    }
  }
});

/** The least that a difference of mean AUC is written with, twice: below it two writings of zero may differ in sign. */
const WRITTEN = 2e-4;

/**
 * Where the study decides nothing, one small run of another length may come out either way. The study's own run of a seed may not: the
 * page trains it again, beside the same without the part, and the difference has that seed's sign and size, in the mean and in every
 * scenario. AREAD's would take two minutes of two idle cores; its pages of evidence are checked by `npm run study -- --check`.
 */
for (const paper of OWN_SIZE)
  test(`the arrow of ${paper} is cut at the study’s own size, and the difference is that of its stored seed`, async ({
    lab,
    page,
  }) => {
    test.setTimeout(900_000);
    const { edge, pair } = ARROWS[paper]!;
    const study = storedStudy(paper)!;
    const world = mostOfTheCause(study);
    const stored = differencesOfSeed(study, world.id, pair, 1);
    const [, ...setup] = cellAddress(study, { world: world.id, variant: pair[1], seed: 1 });
    await lab.open({
      ...Object.fromEntries(new URLSearchParams(setup.join(''))),
      autostart: 0,
      tab: 'graph',
    });
    await page.getByTestId(edge).focus();
    await page.keyboard.press('Enter');
    await lab.control('train-beside').click();
    await expect(lab.control('figure-beside')).toContainText('Test rows, best weights of each run', {
      timeout: 840_000,
    });
    const { rows } = await lab.figure('beside');
    const shown = rows.map((row) => numeric(row[3]));
    expect(shown).toHaveLength(stored.scenarios.length + 1);
    // The mean on the page is weighted by test rows, a study's by traffic: the same up to what a split leaves over.
    const mean = shown.at(-1)!;
    if (Math.abs(stored.mean) > WRITTEN) expect(Math.sign(mean)).toBe(Math.sign(stored.mean));
    expect(mean).toBeCloseTo(stored.mean, 3);
    for (const [s, value] of stored.scenarios.entries())
      if (value !== null) expect(shown[s], world.scenarios[s]!.name).toBeCloseTo(value, 3);
  });
