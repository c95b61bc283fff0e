import { expect, test } from './support/lab';

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

  await page.reload();
  await expect(page.getByTestId('run-list').getByRole('listitem').first()).toContainText(/mmoe/i);
});

test('the same seed gives the same figures', async ({ lab, page }) => {
  const finals: Record<string, string>[] = [];
  for (let run = 0; run < 2; run++) {
    await lab.open({ ...quick, steps: 20, backend: 'wasm', seed: 11, autostart: 1 });
    await lab.expectState('done');
    finals.push(await lab.aucs());
    await page.goto('about:blank');
  }
  expect(finals[1]).toEqual(finals[0]);
});

test.describe('speed', () => {
  // Timings of one attempt can be another process's; a page that is slow is slow three times in a row.
  test.describe.configure({ retries: 2 });

  test('first AUC of every scenario within seconds of opening, and the page stays free while training', async ({
    lab,
    page,
  }) => {
    await page.addInitScript(() => {
      const tasks: number[] = [];
      Object.assign(window, { longTasks: tasks });
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map((entry) => entry.duration)),
      ).observe({ entryTypes: ['longtask'] });
    });
    await lab.open();
    const opened = Date.now();
    await lab.control('train').click();
    await lab.aucs();
    const seconds = (Date.now() - opened) / 1000;
    console.log(`first AUC of every scenario after ${seconds.toFixed(2)} s`);
    // Forget what start-up cost; from here on only training and drawing are seen.
    await page.evaluate(() => ((window as unknown as { longTasks: number[] }).longTasks.length = 0));
    await page.waitForTimeout(5000);
    const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
    console.log(`long tasks in five seconds of training: ${JSON.stringify(tasks.map(Math.round))} ms`);
    await lab.control('stop').click();
    await lab.expectState('done');
    // The target is 3 s on two idle cores; the browser, its server and this test share them here.
    expect(seconds).toBeLessThan(6);
    expect(Math.max(0, ...tasks)).toBeLessThan(100);
  });
});
