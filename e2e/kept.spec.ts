/** Pictures are live while a run trains, stand on its kept run after a reload, and their slider walks the run. */
import { exportedRuns, numbers, probeOverTime } from './support/pictures';
import { expect, test } from './support/lab';
import type { FigureTable } from './support/lab';

const small = {
  preset: 'tiny',
  batch: 256,
  evaluationRows: 200,
  stopMetric: 'none',
  backend: 'wasm',
  autostart: 1,
};

const LIVE: readonly {
  readonly model: string;
  readonly query: Readonly<Record<string, string | number>>;
  /** Figures by tab. */
  readonly tabs: Readonly<Record<string, readonly string[]>>;
}[] = [
  {
    model: 'causalint',
    query: {},
    tabs: { gates: ['gates'], counterfactual: ['votes'], conflict: ['conflict', 'conflict-over-time'] },
  },
  {
    model: 'mscan',
    query: {},
    tabs: { attention: ['attention', 'attention-attentionPosition'] },
  },
  {
    model: 'aread',
    query: { dataset: 'amazon-25', warmup: 4, maskInterval: 6, evaluationRows: 40 },
    tabs: { masks: ['mask-overlap', 'mask-truth', 'mask-pair', 'mask-density'], gates: ['gates'] },
  },
];

for (const { model, query, tabs } of LIVE) {
  test(`pictures of ${model} are there while it trains, and the same on its kept run after a reload`, async ({
    lab,
    page,
  }) => {
    await lab.open({ ...small, model, steps: 2000, evaluateEvery: 4, ...query });
    // Live: numbers come while the run goes on.
    await lab.expectStepAtLeast(5);
    for (const [tab, figures] of Object.entries(tabs)) {
      await lab.control(`tab-${tab}`).click();
      for (const figure of figures)
        await expect.poll(async () => (await lab.figure(figure)).rows.length).toBeGreaterThan(0);
    }
    await lab.expectState('training');
    await lab.control('stop').click();
    await lab.expectState('done');

    // Test metrics, and beside them the ceilings of the same rows.
    const scenarios = page.getByTestId('scenario-table');
    const shown = await scenarios.innerText();
    const before = new Map<string, FigureTable>();
    for (const [tab, figures] of Object.entries(tabs)) {
      await lab.control(`tab-${tab}`).click();
      for (const figure of figures) before.set(figure, await lab.figure(figure));
    }
    await page.reload();
    await expect(lab.app).toBeVisible();
    await page.getByTestId('run-list').getByRole('button').first().click();
    await expect.poll(() => scenarios.innerText()).toBe(shown);
    for (const [tab, figures] of Object.entries(tabs)) {
      await lab.control(`tab-${tab}`).click();
      for (const figure of figures) await expect.poll(() => lab.figure(figure)).toEqual(before.get(figure));
    }
  });
}

test('the slider over the run shows each kept step’s own numbers', async ({ lab, page }) => {
  await lab.open({ ...small, model: 'mmoe', steps: 24, evaluateEvery: 6, tab: 'gates' });
  await lab.expectState('done');
  const slider = page.getByTestId('frame-slider');
  const shown: number[][][] = [(await lab.figure('gates')).rows.map(numbers)];
  await slider.focus();
  for (let back = 0; back < 3; back++) {
    await page.keyboard.press('ArrowLeft');
    shown.unshift((await lab.figure('gates')).rows.map(numbers));
  }
  expect(new Set(shown.map((table) => JSON.stringify(table))).size).toBe(4);
  const [run] = await exportedRuns(lab);
  const frames = probeOverTime(run!, 'gates').slice(-4);
  expect(frames).toHaveLength(4);
  frames.forEach(({ values }, k) =>
    shown[k]!.flat().forEach((value, cell) => expect(value, `frame ${k}`).toBeCloseTo(values[cell]!, 4)),
  );
});

test('a picture that a model does not have says who would fill it, and takes there', async ({
  lab,
  page,
}) => {
  await lab.open({ ...small, autostart: 0, model: 'mmoe', tab: 'masks' });
  const empty = page.getByTestId('tab-filled-by');
  await expect(empty).toContainText(/AREAD.* would fill it/);
  await empty.getByRole('button', { name: 'Choose AREAD' }).click();
  await expect(lab.control('model-select')).toHaveValue('aread');
  await expect(page.getByRole('tabpanel')).toContainText('Train AREAD');
  // Picking a model without that picture does not lead to an empty one.
  await lab.control('model-select').selectOption('mscan');
  await expect(lab.control('tab-masks')).toHaveCount(0);
  await expect(lab.control('tab-counterfactual')).toBeVisible();
});

test('a kept run shows its own causal graph while another model is set up', async ({ lab, page }) => {
  await lab.open({ ...small, model: 'causalint', steps: 4, evaluateEvery: 4, invar: 'false', tab: 'graph' });
  await lab.expectState('done');
  const states = async () => (await lab.figure('causal-graph')).rows.map((row) => `${row[3]} ${row[2]}`);
  const own = await states();
  expect(own.filter((state) => state.startsWith('invar'))).toEqual(['invar kept', 'invar kept']);
  await page.reload();
  await lab.control('model-select').selectOption('mmoe');
  await page.getByTestId('run-list').getByRole('button').first().click();
  await lab.control('tab-graph').click();
  await expect(page.getByRole('group', { name: 'Causal graph of CausalInt' })).toBeVisible();
  expect(await states()).toEqual(own);
  // Looked at only: what is set up beside it is another model.
  await expect(page.getByTestId('figure-causal-graph').locator('[role="switch"]')).toHaveCount(0);
  await expect(lab.control('model-select')).toHaveValue('mmoe');
  // The same model with other switches is still not this run.
  await lab.control('model-select').selectOption('causalint');
  await page.getByTestId('run-list').getByRole('button').first().click();
  expect(await states()).toEqual(own);

  // The sidebar reads this run's settings, and no press there changes them; they can be taken over.
  const invar = lab.control('ablation-invar');
  await expect(lab.control('settings-of')).toHaveAttribute('data-run', /.+/);
  await expect(invar).toBeDisabled();
  await expect(invar).not.toBeChecked();
  const whose = (name: string) => lab.control('settings-of').getByText(name, { exact: true });
  await whose('for the next').click();
  await expect(invar).toBeEnabled();
  await expect(invar).toBeChecked();
  await whose('of this run').click();
  await lab.control('use-these').click();
  await expect(invar).toBeEnabled();
  await expect(invar).not.toBeChecked();
});
