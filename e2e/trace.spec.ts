import { expect, test } from './support/lab';

test('?trace=1 lists the operations of one step in the console', async ({ lab, page }) => {
  const tables: string[] = [];
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'table') tables.push(message.text());
    if (message.type() === 'info') said.push(message.text());
  });
  await lab.open({
    preset: 'tiny',
    batch: 64,
    steps: 100_000,
    stopMetric: 'none',
    backend: 'wasm',
    trace: 1,
  });
  await lab.control('train').click();
  await expect.poll(() => tables.length).toBe(1);
  expect(said.join('\n')).toMatch(/^One step of .*: \d+ operations compute, \d+\.\d\d ms in all\.$/m);
  await lab.expectStepAtLeast(5);
  expect(tables).toHaveLength(1);
});
