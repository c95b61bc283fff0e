/** The two controls: their PyTorch references, and what must hold of the linear one whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { differenceOf, tinyModel } from '../../../tests/support/modelDoors';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of ['default', 'ids', 'no-scenario', 'own'])
  describeReference(`tests/reference/lr/fixtures/${name}.json`);
for (const name of ['default', 'no-scenario', 'history', 'own'])
  describeReference(`tests/reference/fm/fixtures/${name}.json`);

beforeAll(async () => {
  await openBackend('cpu');
});

it('LR adds the weights of a row’s values and the bias, and nothing else', () => {
  const model = tinyModel('lr');
  const weights = model.input(({ fields }) => fields);
  const logits = model.output('logit');
  const count = model.shape.fields.length;
  const [bias] = model.values('bias');
  expect(Math.abs(bias!)).toBeGreaterThan(0.01);
  for (let b = 0; b < model.batch.count; b++) {
    const own = weights.slice(b * count, (b + 1) * count);
    expect(logits[b]).toBeCloseTo(
      own.reduce((sum, weight) => sum + weight, bias!),
      5,
    );
  }
});

it('LR of ids knows the widest field of users and of items, and no other', () => {
  const model = tinyModel('lr', { fields: 'ids' });
  const { batch, shape } = model;
  const widest = (role: string): number =>
    shape.fields.reduce(
      (best, field, f) =>
        field.role === role && (best < 0 || field.size > shape.fields[best]!.size) ? f : best,
      -1,
    );
  const read = [widest('user'), widest('item')];
  expect(Math.min(...read)).toBeGreaterThanOrEqual(0);
  const plain = model.scores();
  for (const f of shape.fields.keys()) {
    const ids = batch.ids.slice();
    // Another row's value in this field alone.
    for (let b = 0; b < batch.count; b++)
      ids[b * batch.layout.width + f] = batch.ids[((b + 1) % batch.count) * batch.layout.width + f]!;
    const moved = differenceOf(model.scores({ ...batch, ids }), plain);
    if (read.includes(f)) expect(moved, shape.fields[f]!.name).toBeGreaterThan(1e-4);
    else expect(moved, shape.fields[f]!.name).toBe(0);
  }
});
