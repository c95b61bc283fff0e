/** What must hold of AutoInt whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { differenceOf, tinyModel } from '../../../tests/support/modelDoors';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of ['default', 'deep', 'dropout', 'no-residual', 'own', 'scaled'])
  describeReference(`tests/reference/autoint/fixtures/${name}.json`);

beforeAll(async () => {
  await openBackend('cpu');
});

it('reads every field alike where queries are 0', () => {
  const model = tinyModel('autoint');
  model.rewrite(/\.query\.weight$/, () => 0);
  const fields = model.shape.fields.length;
  for (const share of model.output('attention0')) expect(share).toBeCloseTo(1 / fields, 6);
});

it('has shares that sum to 1 for every field and head', () => {
  const model = tinyModel('autoint');
  const shares = model.output('attention0');
  const fields = model.shape.fields.length;
  expect(shares.length).toBe(model.shape.batch * 2 * fields * fields);
  for (let from = 0; from < shares.length; from += fields)
    expect(shares.slice(from, from + fields).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  expect(Math.max(...shares)).toBeGreaterThan(1.2 / fields);
});

it('knows fields by their values alone: where two fields change places, their shares do', () => {
  const model = tinyModel('autoint');
  const { batch } = model;
  const fields = model.shape.fields.length;
  const { width } = batch.layout;
  const ids = batch.ids.slice();
  for (let b = 0; b < batch.layout.batch; b++)
    [ids[b * width + 1], ids[b * width + 4]] = [ids[b * width + 4]!, ids[b * width + 1]!];
  const [plain, moved] = [model.output('attention0'), model.output('attention0', { ...batch, ids })];
  const swap = (f: number): number => (f === 1 ? 4 : f === 4 ? 1 : f);
  const expected = plain.map((_, i) => {
    const [head, m, k] = [Math.floor(i / fields ** 2), Math.floor(i / fields) % fields, i % fields];
    return plain[head * fields ** 2 + swap(m) * fields + swap(k)]!;
  });
  expect(differenceOf(moved, expected)).toBeLessThan(1e-6);
  expect(differenceOf(moved, plain)).toBeGreaterThan(0.01);
});

it('is linear in embeddings that stay positive where values are 0: only the residual is left', () => {
  const model = tinyModel('autoint', { attentionLayers: 1 });
  model.rewrite(/\.value\.weight$/, () => 0);
  model.rewrite(/\.residual\.weight$/, Math.abs);
  model.setTable((i) => 0.1 + (i % 7) / 7);
  const once = model.output('logit');
  model.setTable((i) => 3 * (0.1 + (i % 7) / 7));
  const [bias] = model.values('output.bias');
  expect(
    differenceOf(
      model.output('logit').map((z) => z - bias!),
      once.map((z) => 3 * (z - bias!)),
    ),
  ).toBeLessThan(1e-4);
});

it('keeps nothing that is negative: where all that comes in is turned round, the bias alone is left', () => {
  const model = tinyModel('autoint', { attentionLayers: 1 });
  model.rewrite(/\.value\.weight$/, () => 0);
  model.rewrite(/\.residual\.weight$/, (weight) => -Math.abs(weight));
  model.setTable((i) => 0.1 + (i % 7) / 7);
  const [bias] = model.values('output.bias');
  for (const logit of model.output('logit')) expect(logit).toBeCloseTo(bias!, 6);
});

it('with a deep part of weight 0 is itself', () => {
  const [model, plus] = [tinyModel('autoint'), tinyModel('autoint', { deep: true })];
  plus.rewrite(/^deepOutput/, () => 0);
  model.copy(plus);
  expect(differenceOf(model.scores(), plus.scores())).toBeLessThan(1e-6);
});
