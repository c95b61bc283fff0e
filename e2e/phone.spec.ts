/** A phone: nothing scrolls sideways, and what is not on show at once is one press away. */
import { expect, test } from './support/lab';

test.use({ viewport: { width: 390, height: 844 } });

test('the scenario table fits a phone, and shows all its columns when asked', async ({ lab, page }) => {
  await lab.open({ preset: 'tiny', batch: 256, steps: 10, evaluateEvery: 5, backend: 'wasm', autostart: 1 });
  await lab.expectState('done');
  await lab.aucs();
  const table = page.getByTestId('scenario-table');
  const overflow = () =>
    table.evaluate((element) => element.parentElement!.scrollWidth - element.parentElement!.clientWidth);
  await expect.poll(overflow).toBeLessThanOrEqual(0);
  const [first] = await lab.scenarios();
  await expect(lab.metric(first!, 'auc')).toBeInViewport();
  await expect(lab.metric(first!, 'ceiling')).toBeInViewport();
  await expect(lab.metric(first!, 'logloss')).toBeHidden();
  await lab.control('all-columns').click();
  await expect(lab.metric(first!, 'logloss')).toBeVisible();
  expect(Number(await lab.metric(first!, 'logloss').innerText())).toBeGreaterThan(0);
  await lab.control('all-columns').click();
  await expect.poll(overflow).toBeLessThanOrEqual(0);
});

test('no picture’s heading runs into what is said below it', async ({ lab, page }) => {
  await lab.open({
    model: 'aread',
    dataset: 'conflict-4',
    preset: 'tiny',
    batch: 128,
    steps: 40,
    evaluateEvery: 4,
    evaluationRows: 200,
    backend: 'wasm',
    tab: 'masks',
    autostart: 1,
  });
  await lab.expectState('done');
  for (const [width, height] of [
    [360, 800],
    [320, 640],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    const heads = page.locator('.figure > .figure-head');
    await expect(page.locator('.heat').first()).toBeVisible();
    expect(await heads.count()).toBeGreaterThan(1);
    /** Pixels by which something in a heading stands below its end. */
    const below = () =>
      heads.evaluateAll((all) =>
        Math.max(
          ...all.flatMap((head) =>
            [...head.querySelectorAll('h3, .figure-controls')].map(
              (part) => part.getBoundingClientRect().bottom - head.getBoundingClientRect().bottom,
            ),
          ),
        ),
      );
    await expect.poll(below, `${width} × ${height}`).toBeLessThanOrEqual(1);
  }
});
