/** The What-if tab: one row's predictions are those of the whole split, its truth is the row's own, edits change what they must. */
import { expect, test } from './support/lab';
import { exportedNumbers, exportedRows, trained } from './support/pictures';

test('one row in every scenario: as predicted among all rows, beside its own truth, and as edited', async ({
  lab,
  page,
}) => {
  await trained(lab, { model: 'mscan', steps: 10, evaluateEvery: 5 }, 'counterfactual');
  await page.getByTestId('score-rows').click();
  const rows = await exportedRows(lab);
  const [numbers, predictions, truths, scenarios] = ['row', 'probability', 'truth', 'scenario'].map(rows);
  const at = 40;

  await lab.control('tab-whatif').click();
  const row = lab.control('whatif-row');
  await row.fill(String(numbers![at]));
  await row.press('Enter');
  const figure = lab.control('figure-whatif');
  await expect(figure.getByRole('heading')).toContainText(`Row ${numbers![at]} in`);
  await expect(lab.control('whatif-scenario').locator(`option[value="${scenarios![at]}"]`)).toContainText(
    '(its own)',
  );
  const own = (await exportedNumbers(lab, 'whatif'))[scenarios![at]!]!;
  expect(own['true']).toBeCloseTo(truths![at]!, 6);
  expect(own['predicted']).toBeCloseTo(predictions![at]!, 5);

  // Another slot: the truth changes, the row's user stays.
  const slot = lab.control('whatif-slot');
  const before = await slot.inputValue();
  await slot.selectOption(before === '1' ? '2' : '1');
  await expect(figure.getByRole('button', { name: 'as in the data' })).toBeVisible();
  await expect
    .poll(async () => (await exportedNumbers(lab, 'whatif'))[scenarios![at]!]!['true'])
    .not.toBe(own['true']);
  await lab.lead('whatif');
  await figure.getByRole('button', { name: 'as in the data' }).click();
  await expect(slot).toHaveValue(before);

  // Nearest rows lead to each other's pages; slices add up to the split.
  await lab.lead('whatif-nearest');
  await expect(lab.control('figure-whatif-nearest').getByRole('listitem')).toHaveCount(6);
  await lab.lead('slices');
  await lab.control('slice-field').selectOption('scenario_id');
  await lab.control('slice-ask').click();
  await expect.poll(async () => (await lab.figure('slices')).rows.length).toBe(3);
  const sliced = (await lab.figure('slices')).rows.reduce((sum, cells) => sum + Number(cells[1]), 0);
  expect(sliced).toBe(numbers!.length);
});
