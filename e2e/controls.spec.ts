import { expect, test } from './support/lab';

const long = {
  preset: 'tiny',
  batch: 256,
  steps: 100_000,
  evaluateEvery: 10,
  stopMetric: 'none',
  backend: 'wasm',
};

test('pause holds the step, step advances by one, resume goes on, stop finishes, reset clears', async ({
  lab,
  page,
}) => {
  await lab.open(long);
  await lab.control('train').click();
  await lab.expectStepAtLeast(10);

  await lab.control('pause').click();
  await lab.expectState('paused');
  await page.waitForTimeout(400);
  const held = await lab.step();
  await page.waitForTimeout(600);
  expect(await lab.step()).toBe(held);

  await lab.control('step').click();
  await expect(lab.app).toHaveAttribute('data-step', String(held + 1));
  await lab.expectState('paused');

  await lab.control('pause').click();
  await lab.expectState('training');
  await lab.expectStepAtLeast(held + 10);

  await lab.control('stop').click();
  await lab.expectState('done');
  await lab.aucs();

  await lab.control('reset').click();
  await lab.expectState('ready');
  expect(await lab.step()).toBe(0);
});

test('a worker killed while training says so in one sentence and the next run works', async ({
  lab,
  page,
}) => {
  lab.tolerated.push(/worker/i);
  await lab.open(long);
  await lab.control('train').click();
  await lab.expectStepAtLeast(5);
  const worker = page.workers().find((candidate) => /training/.test(candidate.url()));
  expect(worker, 'the worker that trains').toBeDefined();
  await worker?.evaluate(() => self.close());
  await lab.expectState('failed');
  await expect(page.getByRole('alert')).toContainText(/worker|training/i);
  await lab.control('train').click();
  await lab.expectStepAtLeast(5);
  await lab.control('stop').click();
  await lab.expectState('done');
});
