/** Minutes of training (SOAK_MINUTES, 10 by default) with four redraws a second: memory stays flat and the page stays free. */
import { expect, test } from './support/lab';

const minutes = Number(process.env.SOAK_MINUTES ?? 10);

test(`memory stays flat over ${minutes} minutes of training`, async ({ lab, page }) => {
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map((entry) => entry.duration)),
    ).observe({
      entryTypes: ['longtask'],
    });
  });
  await lab.open({
    preset: 'tiny',
    batch: 256,
    steps: 1_000_000,
    evaluateEvery: 5,
    stopMetric: 'none',
    backend: 'wasm',
    autostart: 1,
  });
  await lab.expectStepAtLeast(50);
  const session = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  };
  const memory = page.getByTestId('status-line');
  // Histories thin themselves once they are long; only then is the size the one that must stay.
  await page.waitForTimeout((minutes * 60_000) / 4);
  const before = await heap();
  await page.evaluate(() => ((window as unknown as { longTasks: number[] }).longTasks.length = 0));
  const line = await memory.innerText();
  await page.waitForTimeout((minutes * 60_000 * 3) / 4);
  const after = await heap();
  const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  console.log(
    `page heap ${before.toFixed(1)} MB, then ${after.toFixed(1)} MB; longest task ${Math.round(Math.max(0, ...tasks))} ms`,
  );
  console.log(`${line}\n${await memory.innerText()}`);
  const bytes = (text: string) => /([\d.,]+) ?(kB|MB|GB)/.exec(text)?.[0];
  expect(bytes(await memory.innerText()), 'memory of the worker').toBe(bytes(line));
  expect(after).toBeLessThan(before * 1.25 + 4);
  await lab.control('stop').click();
  await lab.expectState('done');
});
