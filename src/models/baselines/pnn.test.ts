/** What must hold of PNN whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { differenceOf, tinyModel, type TinyModel } from '../../../tests/support/modelDoors';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of ['default', 'both', 'decomposed', 'outer', 'own', 'own-outer'])
  describeReference(`tests/reference/pnn/fixtures/${name}.json`);

beforeAll(async () => {
  await openBackend('cpu');
});

const plain = { batchNorm: 'off', hidden: [6, 4] };
/** One layer whose units stay open, so that the logit is the sum of what they read. */
const open = { batchNorm: 'off', hidden: [3] };

it.each(['inner', 'outer', 'both'])('with %s products of weight 0 is Mix', (product) => {
  const [model, mix] = [tinyModel('pnn', { ...plain, product }), tinyModel('mix', plain)];
  const named: Record<string, string> = {
    'product.linear.weight': 'mlp.0.weight',
    'product.linear.bias': 'mlp.0.bias',
    'mlp.0.weight': 'mlp.1.weight',
    'mlp.0.bias': 'mlp.1.bias',
  };
  for (const { name } of model.model.parameters) {
    const silent = /^product\.(inner|outer)/.test(name);
    const from = silent ? null : mix.values(named[name] ?? name);
    model.rewrite(RegExp(`^${name}$`), (_value, i) => from?.[i] ?? 0);
  }
  model.setTable((i) => mix.model.table.tensor.dataSync()[i]!);
  expect(differenceOf(model.scores(), mix.scores())).toBeLessThan(1e-6);
});

/** Logits without bias, of units that read products by `weight(product, unit)` alone and are far above 0. */
function opened(model: TinyModel, weight: (row: number, unit: number) => number): Float32Array {
  model.rewrite(/^product\.linear\.weight$/, () => 0);
  model.rewrite(/^product\.linear\.bias$/, () => 100);
  if (!model.model.parameters.some(({ name }) => name.endsWith('theta')))
    model.rewrite(/^product\.(inner|outer)\.weight$/, (_value, i) => weight(Math.floor(i / 3), i % 3));
  model.rewrite(/^output\.weight$/, () => 1);
  model.rewrite(/^output\.bias$/, () => -300);
  return model.output('logit');
}

/** Inner products of two fields of every row. */
function productsOf(model: TinyModel): (b: number, i: number, j: number) => number {
  const [count, dim] = [model.shape.fields.length, model.model.table.dim];
  const fields = model.input((inputs) => inputs.fields);
  const field = (b: number, f: number): Float32Array =>
    fields.slice((b * count + f) * dim, (b * count + f + 1) * dim);
  return (b, i, j) => field(b, i).reduce((sum, value, k) => sum + value * field(b, j)[k]!, 0);
}

it('reads the inner products of pairs in the order (0, 1), (0, 2), …', () => {
  const model = tinyModel('pnn', open);
  const count = model.shape.fields.length;
  const inner = productsOf(model);
  let pair = 0;
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++, pair++) {
      if (pair % 5 !== 2) continue;
      const found = opened(model, (row, unit) => (row === pair && unit === 1 ? 1 : 0));
      for (let b = 0; b < model.batch.count; b++) expect(found[b]).toBeCloseTo(inner(b, i, j), 3);
      const lengths = model.probe('pairWeights');
      expect(lengths[i * count + j]).toBeCloseTo(1, 5);
      expect(lengths[j * count + i]).toBeCloseTo(1, 5);
      expect(Number.isNaN(lengths[i * count + i])).toBe(true);
    }
  expect(pair).toBe((count * (count - 1)) / 2);
});

it('decomposed reads squared lengths of weighted sums of fields', () => {
  const model = tinyModel('pnn', { ...open, decomposed: true });
  const count = model.shape.fields.length;
  const theta = model.values('product.inner.theta');
  const inner = productsOf(model);
  const found = opened(model, () => 0);
  for (let b = 0; b < model.batch.count; b++) {
    let sum = 0;
    for (let n = 0; n < 3; n++)
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) sum += theta[3 * i + n]! * theta[3 * j + n]! * inner(b, i, j);
    expect(found[b]).toBeCloseTo(sum, 3);
  }
});

it('of outer products does not tell fields apart: their sum alone is read', () => {
  const model = tinyModel('pnn', { ...open, product: 'outer' });
  const [count, dim] = [model.shape.fields.length, model.model.table.dim];
  const inner = productsOf(model);
  // The trace of the outer product is the squared length of the sum.
  const found = opened(model, (row, unit) => {
    return unit === 0 && row % (dim + 1) === 0 ? 1 : 0;
  });
  for (let b = 0; b < model.batch.count; b++) {
    let sum = 0;
    for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) sum += inner(b, i, j);
    expect(found[b]).toBeCloseTo(sum, 3);
  }
});
