/** Two tabs of one browser: one queue, one list of runs. */
import { expect, Lab, test } from './support/lab';

const tiny = {
  preset: 'tiny',
  batch: 128,
  steps: 30,
  evaluateEvery: 15,
  evaluationRows: 200,
  stopMetric: 'none',
  backend: 'wasm',
};

test('a queue is trained by one tab, watched by the other, and taken over when the first closes', async ({
  lab,
  page,
  context,
}) => {
  await lab.open({ ...tiny, model: 'causalint', autostart: 1 });
  await lab.expectState('done');
  const second = new Lab(await context.newPage());
  const problems: string[] = [];
  second.page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  second.page.on('pageerror', (error) => problems.push(error.message));
  await second.open({ ...tiny, page: 'compare' });
  await page.bringToFront();

  await page.getByRole('link', { name: 'Compare' }).click();
  await page.getByTestId('compare-runs').getByRole('checkbox').first().check();
  await page.getByTestId('ablate-seeds').fill('2');
  await page.getByTestId('ablate').click();
  const [here, there] = [page.getByTestId('queue'), second.page.getByTestId('queue')];
  const counted = async (queue: typeof here, attribute: string) =>
    Number(await queue.getAttribute(attribute));
  await expect.poll(() => counted(here, 'data-done')).toBeGreaterThanOrEqual(1);

  // The other tab shows the same queue, and whose it is, without a reload; its worker trains nothing.
  const total = await counted(here, 'data-total');
  expect(total).toBeGreaterThan(6);
  expect(await counted(there, 'data-total')).toBe(total);
  await expect(there).toContainText(/now .+, step \d+ of 30/);
  await expect(there.getByTestId('queue-elsewhere')).toBeVisible();
  await expect(here.getByTestId('queue-elsewhere')).toHaveCount(0);
  expect(await second.state()).toBe('ready');
  const runsThere = second.page.getByTestId('compare-runs').getByRole('listitem');
  await expect.poll(() => runsThere.count()).toBeGreaterThanOrEqual(2);
  // Its table fills there too.
  await expect(second.page.getByTestId('ablations')).toBeVisible();

  // A pause asked for in the second tab stops the first after the run under way.
  // Pressed as it stands: what the queue says moves the button, and a tab in the background draws too seldom to be seen at rest.
  await there.getByRole('button', { name: 'Pause' }).dispatchEvent('click');
  await expect(here).toContainText('paused');
  await expect(here).not.toContainText('; now');
  const rested = await counted(here, 'data-done');
  await page.waitForTimeout(1000);
  expect(await counted(here, 'data-done')).toBe(rested);
  await here.getByRole('button', { name: 'Go on' }).click();
  await expect(there).toContainText('; now');

  await page.close();
  await expect(second.page.getByTestId('queue-elsewhere')).toHaveCount(0);
  await second.expectState(/compiling|training|done/);
  await expect.poll(() => counted(there, 'data-done')).toBe(total);
  await there.getByTestId('open-results').click();
  // Every item became one run, and nothing was trained twice.
  await second.page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(runsThere).toHaveCount(total + 1);
  const table = await second.figure('ablation-switches');
  for (const row of table.rows)
    expect(Number(row[table.head.indexOf('Mean by rows')]), row[0]).toBeGreaterThan(0.3);
  expect(problems).toEqual([]);
});

test('renaming and deleting in one tab shows in the other, and a run under way is not deleted', async ({
  lab,
  page,
  context,
}) => {
  await lab.open({ ...tiny, steps: 100_000, autostart: 1 });
  await lab.expectStepAtLeast(5);
  await lab.control('pause').click();
  await lab.expectState('paused');
  const second = new Lab(await context.newPage());
  const problems: string[] = [];
  second.page.on('pageerror', (error) => problems.push(error.message));
  await second.open(tiny);
  const [here, there] = [page, second.page].map((one) => one.getByTestId('run-list').getByRole('listitem'));
  await expect(there!).toHaveCount(1);

  await there!.hover();
  await there!.getByRole('button', { name: /^Delete/ }).click();
  await expect(second.page.getByText(/is under way, here or in another tab; stop it/)).toBeVisible();
  await expect(there!).toHaveCount(1);
  // Nor does another tab go on with it.
  await there!.locator('.run-open').click();
  await second.page.getByRole('button', { name: 'Go on training' }).click();
  await expect(second.page.getByText(/is under way in another tab/)).toBeVisible();

  await there!.hover();
  await there!.getByRole('button', { name: /^Rename/ }).click();
  await second.page.getByLabel('New name').fill('seen by both');
  await second.page.getByLabel('New name').press('Enter');
  await expect(here!).toContainText('seen by both');
  await expect(page.getByTestId('run-name')).toContainText('seen by both');

  await lab.control('stop').click();
  await lab.expectState('done');
  await expect(here!).toContainText('seen by both');
  // Deleted there while it is on show here: the picture stays, and taking it back brings all of it.
  const aucs = await lab.aucs();
  await expect(there!).toHaveAttribute('data-status', 'stopped');
  await there!.hover();
  await there!.getByRole('button', { name: /^Delete/ }).click();
  await expect(here!).toHaveCount(0);
  expect(await lab.aucs()).toEqual(aucs);
  await second.page.getByRole('button', { name: 'Undo' }).click();
  await expect(here!).toContainText('seen by both');
  await here!.locator('.run-open').click();
  expect(await lab.aucs()).toEqual(aucs);
  expect(problems).toEqual([]);
});
