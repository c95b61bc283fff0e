import { expect, test } from './support/lab';

test.describe('speed', () => {
  // Timings of one attempt can be another process's.
  test.describe.configure({ retries: 1 });

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
    // Another process that takes the cores for a moment lengthens a task; a page that is slow has a long one in every five seconds.
    let longest = Number.POSITIVE_INFINITY;
    for (let look = 0; look < 3 && longest >= 100; look++) {
      // Forget what start-up cost; from here on only training and drawing are seen.
      await page.evaluate(() => ((window as unknown as { longTasks: number[] }).longTasks.length = 0));
      await page.waitForTimeout(5000);
      const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
      console.log(`long tasks in five seconds of training: ${JSON.stringify(tasks.map(Math.round))} ms`);
      longest = Math.min(longest, Math.max(0, ...tasks));
      // The run is still going: an idle page has no long tasks.
      await lab.expectState('training');
    }
    await lab.control('stop').click();
    await lab.expectState('done');
    // The target is 3 s on two idle cores; the browser, its server and this test share them here.
    expect(seconds).toBeLessThan(6);
    expect(longest).toBeLessThan(100);
  });
});
