/** What must hold of Wide & Deep whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { differenceOf, tinyModel } from '../../../tests/support/modelDoors';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of ['default', 'own', 'crosses-scenario', 'crosses-user-item'])
  describeReference(`tests/reference/wide-deep/fixtures/${name}.json`);

beforeAll(async () => {
  await openBackend('cpu');
});

it('is logistic regression where its deep part is silent', () => {
  const [model, lr] = [tinyModel('wide-deep'), tinyModel('lr')];
  model.rewrite(/^output\.weight$/, () => 0);
  const dim = model.model.table.dim;
  const weights = model.model.table.tensor.dataSync();
  lr.setTable((i) => weights[i * dim]!);
  lr.rewrite(/^bias$/, () => model.values('output.bias')[0]!);
  expect(differenceOf(model.scores(), lr.scores())).toBeLessThan(1e-6);
});

it('is its deep part where no value has a weight', () => {
  const model = tinyModel('wide-deep');
  const before = model.output('deep');
  const dim = model.model.table.dim;
  const table = model.model.table.tensor.dataSync<'float32'>().slice();
  model.setTable((i) => (i % dim === 0 ? 0 : table[i]!));
  expect(differenceOf(model.output('logit'), before)).toBeLessThan(1e-6);
  expect(model.output('wide').every((wide) => wide === 0)).toBe(true);
});
