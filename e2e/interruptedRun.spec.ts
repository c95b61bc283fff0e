/** A run that the browser's end broke off is offered to be gone on with, and Train does not begin anew without a word. */
import { expect, test } from './support/lab';

const long = {
  preset: 'tiny',
  model: 'mmoe',
  batch: 128,
  steps: 90_000,
  evaluateEvery: 1000,
  evaluationRows: 100,
  stopMetric: 'none',
  backend: 'wasm',
};

test('a run that was broken off goes on from where it is kept', async ({ lab, page }) => {
  await lab.open(long);
  await lab.control('train').click();
  // Listed as soon as it is accepted.
  const listed = page.getByTestId('run-list').getByRole('listitem');
  await expect(listed).toHaveCount(1);
  await expect(lab.app).toHaveAttribute('data-run', /./);
  // Kept every two seconds: a reload before the first time would leave nothing to go on with.
  await expect(listed).toHaveAttribute('data-step', /[1-9]/);
  await expect(listed).toHaveAttribute('data-status', 'training');
  await page.reload();
  await expect(lab.control('left-off')).toBeVisible();
  const kept = await lab.control('left-off').innerText();
  const step = Number(/step ([\d,]+)/.exec(kept)![1]!.replace(',', ''));
  expect(step).toBeGreaterThan(0);

  await lab.control('train').click();
  await expect(page.getByText(/Training begins anew; .* stays kept at step/)).toBeVisible();
  await lab.control('stop').click();
  await lab.expectState('done');
  await lab.control('go-on').click();
  await lab.expectState('training');
  await lab.expectStepAtLeast(step);
  await expect(page.getByTestId('run-list').getByRole('listitem')).toHaveCount(2);
  await lab.control('reset').click();
});
