import { expect, test } from './support/lab';
import { expectShares } from './support/pictures';

/** Settings that make a run small enough for a test and big enough to learn. */
const quick = { preset: 'tiny', batch: 256, steps: 60, evaluateEvery: 10 };

test('train, watch every scenario, and find the run again after a reload', async ({ lab, page }) => {
  await lab.open({ ...quick, backend: 'wasm', seed: 3 });
  await lab.control('train').click();
  const first = await lab.aucs();
  expect(Object.keys(first)).toHaveLength(3);
  await lab.expectState('done');
  expect(await lab.step()).toBe(60);
  expect(await lab.app.getAttribute('data-backend')).toBe('wasm');

  const curve = await lab.figure('auc');
  expect(curve.rows.length).toBeGreaterThanOrEqual(6);
  const losses = await lab.figure('loss');
  expect(losses.rows.length).toBeGreaterThanOrEqual(2);
  for (const id of await lab.scenarios()) {
    const auc = Number((await lab.metric(id, 'auc').innerText()).slice(0, 6));
    const ceiling = Number(await lab.metric(id, 'ceiling').innerText());
    expect(auc, `AUC of ${id}`).toBeGreaterThan(0.4);
    expect(ceiling, `ceiling of ${id}`).toBeGreaterThan(0.55);
    expect(Number((await lab.metric(id, 'rows').innerText()).replace(/\D/g, ''))).toBeGreaterThan(0);
  }

  await lab.control('tab-gates').click();
  await expectShares(lab, 'gates', 3);

  await page.reload();
  await expect(page.getByTestId('run-list').getByRole('listitem').first()).toContainText(/mmoe/i);
});

test('the same seed gives the same metrics', async ({ lab, page }) => {
  const finals: Record<string, string>[] = [];
  for (let run = 0; run < 2; run++) {
    await lab.open({ ...quick, steps: 20, backend: 'wasm', seed: 11, autostart: 1 });
    await lab.expectState('done');
    finals.push(await lab.aucs());
    await page.goto('about:blank');
  }
  expect(finals[1]).toEqual(finals[0]);
});
