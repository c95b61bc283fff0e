/** Inspect tabs: a small run is trained and the figure's numbers are checked against numbers computed another way. */
import {
  column,
  exportedNumbers,
  exportedRows,
  expectShares,
  numbers,
  numeric,
  softAuc,
  spearman,
  trained,
} from './support/pictures';
import { expect, test } from './support/lab';
import type { FigureTable } from './support/lab';

// Those of MMoE, SAR-Net, CausalInt and AREAD are looked at where these are trained anyway: here, in main-job and in attention.
for (const [model, figure, query] of [
  ['ple', 'gates', {}],
  ['optmsm', 'gates-transferGate', { op: 'moe' }],
] as const) {
  test(`gates of every scenario of ${model} sum to 1`, async ({ lab }) => {
    await trained(lab, { model, steps: 10, evaluateEvery: 5, ...query }, 'gates');
    await expectShares(lab, figure, 3);
  });
}

test('mask overlap is the share of common edges, recomputed from the masks; gates sum to 1', async ({
  lab,
}) => {
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
  const masks = await lab.figure('masks-masks');
  const edges = new Map(masks.rows.map((row) => [row[0]!, numbers(row)]));
  expect(edges.size).toBe(25);
  const labels = masks.head.slice(1);
  const ratio = (one: string, other: string, of: (edge: string) => boolean): number => {
    const [a, b] = [edges.get(one)!, edges.get(other)!];
    const own = labels.flatMap((label, e) => (of(label) ? [e] : []));
    const both = own.filter((e) => a[e] === 1 && b[e] === 1).length;
    const either = own.filter((e) => a[e] === 1 || b[e] === 1).length;
    return either === 0 ? 1 : both / either;
  };
  // Over all layers, then each layer by itself: an edge is named by the layers that it joins.
  const overlaps: number[][] = [];
  for (const layer of ['all', '0', '1']) {
    await lab.control('mask-layer').selectOption(layer);
    const overlap = await lab.figure('mask-overlap');
    const names = overlap.head.slice(1);
    expect([...names].sort()).toEqual([...edges.keys()].sort());
    for (const [r, row] of overlap.rows.entries()) {
      for (const [c, shown] of numbers(row).entries()) {
        const wanted = ratio(
          row[0]!,
          names[c]!,
          (label) => layer === 'all' || label.startsWith(`${Number(layer) + 1}.`),
        );
        expect(shown, `layer ${layer}: ${r}, ${c}`).toBeCloseTo(wanted, 4);
      }
    }
    // The search made masks that differ.
    expect(overlap.rows.some((row) => numbers(row).some((value) => value < 1))).toBe(true);
    overlaps.push(overlap.rows.flatMap(numbers));
  }
  expect(overlaps[1]).not.toEqual(overlaps[2]);
  await lab.control('mask-layer').selectOption('all');

  // The truth stands beside it in the same order; the rank correlation again, from both tables' pairs.
  const [overlap, truth] = [await lab.figure('mask-overlap'), await lab.figure('mask-truth')];
  expect(truth.head).toEqual(overlap.head);
  const pairs = ({ rows }: FigureTable) => rows.flatMap((row, r) => numbers(row).slice(r + 1));
  const shown = numeric(
    (await lab.control('mask-correlation').locator('b').innerText()).replace('\u202f', ''),
  );
  // The tables round to five digits, which can tie a pair.
  expect(shown).toBeCloseTo(spearman(pairs(overlap), pairs(truth)), 2);

  const pair = await lab.figure('mask-pair');
  const [one, other] = ['keeps', 'gate'].map((what) =>
    pair.head.filter((name) => name.endsWith(what)).map((name) => name.slice(0, -what.length - 1)),
  );
  expect(one).toEqual(other);
  expect(pair.rows.map((row) => Number(row[1]))).toEqual(edges.get(one![0]!));
  expect(pair.rows.map((row) => Number(row[2]))).toEqual(edges.get(one![1]!));
  // An upper expert's gate weighs all lower experts, masked or not: by upper expert the weights sum to 1.
  const weights = new Map<string, number>();
  for (const row of pair.rows) {
    const upper = row[0]!.split('→')[1]!;
    weights.set(upper, (weights.get(upper) ?? 0) + numeric(row[3]));
  }
  for (const [upper, sum] of weights) expect(sum, upper).toBeCloseTo(1, 3);

  const density = (await lab.figure('mask-density')).rows.at(-1)!;
  const shares = [...edges.values()].map((row) => row.reduce((sum, kept) => sum + kept, 0) / row.length);
  expect(numeric(density[1])).toBeCloseTo(shares.reduce((sum, share) => sum + share) / 25, 4);
  expect([numeric(density[2]), numeric(density[3])]).toEqual(
    [Math.min(...shares), Math.max(...shares)].map((share) => expect.closeTo(share, 4)),
  );
  const scores = await lab.figure('masks-candidateScores');
  const last = (await lab.figure('mask-search-scores')).rows.at(-1)!;
  // A scenario without training rows has no candidates.
  const least = scores.rows
    .map((row) => numbers(row).filter((score) => !Number.isNaN(score)))
    .flatMap((row) => (row.length === 0 ? [] : [Math.min(...row)]));
  expect(least.length).toBeGreaterThan(10);
  expect(numeric(last[1])).toBeCloseTo(least.reduce((sum, score) => sum + score) / least.length, 3);

  await lab.control('tab-gates').click();
  await expectShares(lab, 'gates', 25);
});

test('the sweep over c agrees with the exported rows, and the slider re-scores at once', async ({
  lab,
  page,
}) => {
  await trained(lab, { model: 'mscan', steps: 20, evaluateEvery: 10, curve: 'drawn' }, 'counterfactual');
  await page.getByText('drawn labels').click();
  await lab.control('score-rows').click();
  await expect(lab.control('c-slider')).toBeVisible();
  const read = await exportedRows(lab);
  const rows = ['matchScore', 'scenarioGate', 'label', 'truth', 'weight', 'scenario'].map(read);
  const [match, gate, label, truth, weight, scenario] = rows as [
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const names = (await lab.scenarios()).length;
  expect(names).toBe(3);
  for (const [kind, positive] of [
    ['drawn labels', label],
    ['noise-free', truth],
  ] as const) {
    await page.getByText(kind, { exact: true }).first().click();
    await expect.poll(async () => (await lab.figure('c-sweep')).rows.length).toBeGreaterThanOrEqual(21);
    // The file has every digit; scores that differ in their last digits only may be tied on one side, hence five places.
    const table = await exportedNumbers(lab, 'c-sweep');
    const columns = Object.keys(table[0]!).slice(2);
    for (const at of [2, 10, 18]) {
      const point = table[at]!;
      const c = point['c']!;
      const score = match.map((m, k) => m * gate[k]! - c * gate[k]!);
      const all = softAuc(score, positive, weight);
      expect(point['overall'], `${kind}, c = ${c}`).toBeCloseTo(all, 5);
      columns.forEach((name, s) => {
        const own = scenario.flatMap((of, k) => (of === s ? [k] : []));
        const part = (values: readonly number[]) => own.map((k) => values[k]!);
        expect(point[name], `${kind}, ${name}, c = ${c}`).toBeCloseTo(
          softAuc(part(score), part(positive), part(weight)),
          5,
        );
      });
    }
    // c acts, and the mark stands at the highest of the curve.
    const overall = table.map((point) => point['overall']!);
    expect(Math.max(...overall) - Math.min(...overall)).toBeGreaterThan(1e-3);
    const best = await lab.control('c-best').innerText();
    expect(best).toContain(Math.max(...overall).toFixed(4));
  }
  const before = await lab.control('c-value').innerText();
  await lab.control('c-slider').focus();
  await page.keyboard.press('ArrowRight');
  await expect(lab.control('c-value')).not.toHaveText(before);
});

test('votes, gates and the simulator’s truth are means of the exported rows', async ({ lab }) => {
  await trained(lab, { model: 'causalint', steps: 10, evaluateEvery: 5 }, 'counterfactual');
  expect((await lab.figure('votes')).rows).toHaveLength(9);
  await lab.control('votes-truth').click();
  await expect(lab.control('votes-error')).toBeVisible();
  const table = await lab.figure('votes');
  const read = await exportedRows(lab);
  const [scenario, weight, truth] = [read('scenario'), read('weight'), read('truth')];
  const mean = (values: readonly number[], of: number): number => {
    let [sum, count] = [0, 0];
    scenario.forEach((s, k) => {
      if (s !== of) return;
      sum += weight[k]! * values[k]!;
      count += weight[k]!;
    });
    return sum / count;
  };
  const [vote, rate, difference] = ['vote', 'true rate', 'difference'].map((name) => column(table, name));
  const errors: number[] = [];
  for (const d of [0, 1, 2]) {
    for (const p of [0, 1, 2]) {
      const row = table.rows[3 * d + p]!;
      const value = (at: number | undefined) => numeric(row[at!]);
      expect(value(vote), `vote ${d} → ${p}`).toBeCloseTo(mean(read(`vote_${p}`), d), 4);
      expect(value(difference)).toBeCloseTo(value(vote) - value(rate), 4);
      if (d !== p) errors.push(value(vote) - value(rate));
      // Shown where they were shown, the counterfactual is the world: the rows' own true click rate.
      else expect(value(rate), `truth of ${d}`).toBeCloseTo(mean(truth, d), 4);
    }
  }
  const rates = table.rows.map((row) => numeric(row[rate!]));
  expect(new Set(rates).size, 'true rates of other places differ').toBe(9);
  const error = Math.sqrt(errors.reduce((sum, one) => sum + one * one, 0) / errors.length);
  await expect(lab.control('votes-error').locator('b')).toHaveText(`${(100 * error).toFixed(2)} %`);

  await lab.control('tab-gates').click();
  await expectShares(lab, 'gates', 3);
  const gates = await lab.figure('gates');
  for (const d of [0, 1, 2])
    numbers(gates.rows[d]!).forEach((shown, p) =>
      expect(shown, `α of ${p} on rows of ${d}`).toBeCloseTo(mean(read(`alpha_${p}`), d), 4),
    );
});

test('every edge of a paper’s graph that has a switch cuts and restores its module, by keyboard', async ({
  lab,
  page,
}) => {
  await lab.open({ model: 'mmoe', preset: 'tiny' });
  for (const [model, title] of [
    ['sarnet', 'SAR-Net'],
    ['causalint', 'CausalInt'],
    ['optmsm', 'OptMSM'],
    ['mscan', 'M-scan'],
    ['aread', 'AREAD'],
  ] as const) {
    await lab.control('model-select').selectOption(model);
    await lab.control('tab-graph').click();
    await expect(page.getByRole('group', { name: `Causal graph of ${title}` })).toBeVisible();
    const table = async () => (await lab.figure('causal-graph')).rows;
    const before = await table();
    const switched = before.filter((row) => row[3] !== '');
    expect(switched.length, model).toBeGreaterThan(0);
    const switches = page.getByTestId('figure-causal-graph').locator('[role="switch"]');
    await expect(switches, model).toHaveCount(switched.length);
    for (let k = 0; k < switched.length; k++) {
      const one = switches.nth(k);
      const pressed = await one.getAttribute('aria-checked');
      await one.focus();
      await page.keyboard.press('Enter');
      await expect(one, `${model}: ${k}`).not.toHaveAttribute('aria-checked', pressed!);
      // Some row's state turned, and with it a setting in the address.
      const after = await table();
      const turned = after.filter((row, r) => row[2] !== before[r]![2]);
      expect(turned.length, `${model}: ${k}`).toBeGreaterThan(0);
      const search = new URL(page.url()).searchParams;
      expect(
        turned.some((row) => search.has(row[3]!)),
        `${model}: ${k}`,
      ).toBe(true);
      await page.keyboard.press('Enter');
      await expect(one, `${model}: ${k}`).toHaveAttribute('aria-checked', pressed!);
      expect(await table(), model).toEqual(before);
    }
  }
});
