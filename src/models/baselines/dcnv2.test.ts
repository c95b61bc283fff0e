/** What must hold of DCN-V2 whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { differenceOf, tinyModel } from '../../../tests/support/modelDoors';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of ['default', 'low-rank', 'mixture', 'mixture-sigmoid', 'parallel', 'own', 'own-mixture'])
  describeReference(`tests/reference/dcnv2/fixtures/${name}.json`);

beforeAll(async () => {
  await openBackend('cpu');
});

const plain = { batchNorm: 'off', hidden: [6, 4], crossLayers: 2 };

it('is DCN where every column of a matrix is the same', () => {
  const [model, dcn] = [tinyModel('dcnv2', { ...plain, structure: 'parallel' }), tinyModel('dcn', plain)];
  dcn.rewrite(/^cross\.\d\.bias$/, () => 0);
  const width = dcn.values('cross.0.weight').length;
  for (const { name } of model.model.parameters) {
    const [own, cross] = [dcn.values(name), /^cross\.\d\.weight$/.test(name)];
    model.rewrite(RegExp(`^${name}$`), (_value, i) => own[cross ? Math.floor(i / width) : i]!);
  }
  model.setTable((i) => dcn.model.table.tensor.dataSync()[i]!);
  expect(differenceOf(model.scores(), dcn.scores())).toBeLessThan(1e-5);
});

it('of low rank is that of the matrix that its factors make', () => {
  const [low, whole] = [tinyModel('dcnv2', { ...plain, cross: 'low-rank' }), tinyModel('dcnv2', plain)];
  const rank = 3;
  for (const { name } of whole.model.parameters) {
    const layer = /^cross\.\d/.exec(name)?.[0];
    if (layer === undefined) whole.rewrite(RegExp(`^${name}$`), (_value, i) => low.values(name)[i]!);
    else if (name.endsWith('bias')) whole.rewrite(RegExp(`^${name}$`), (_value, i) => low.values(name)[i]!);
    else {
      const [v, u] = [low.values(`${layer}.v`), low.values(`${layer}.u`)];
      const width = v.length / rank;
      whole.rewrite(RegExp(`^${name}$`), (_value, i) => {
        const [row, column] = [Math.floor(i / width), i % width];
        return [0, 1, 2].reduce((sum, r) => sum + v[row * rank + r]! * u[r * width + column]!, 0);
      });
    }
  }
  whole.setTable((i) => low.model.table.tensor.dataSync()[i]!);
  expect(differenceOf(low.scores(), whole.scores())).toBeLessThan(1e-5);
  expect(differenceOf(low.probe('crossBlocks'), whole.probe('crossBlocks'))).toBeLessThan(1e-5);
});

it('mixes equal experts to one, whatever the gates say; gates are shares', () => {
  const model = tinyModel('dcnv2', { ...plain, cross: 'mixture' });
  const experts = 2;
  // The second expert as the first.
  model.rewrite(/\.[vcu]$/, (_value, i, all) => all[i % (all.length / experts)]!);
  const before = model.scores();
  const gates = model.output('gate0');
  model.rewrite(/\.gate\./, (value) => -2 * value + 0.3);
  expect(differenceOf(model.output('gate0'), gates)).toBeGreaterThan(0.01);
  expect(differenceOf(model.scores(), before)).toBeLessThan(1e-5);
  for (let b = 0; b < gates.length; b += experts) expect(gates[b]! + gates[b + 1]!).toBeCloseTo(1, 5);
});

it('stacked and without crosses is Mix', () => {
  const [model, mix] = [tinyModel('dcnv2', plain), tinyModel('mix', plain)];
  model.rewrite(/^cross\./, () => 0);
  for (const { name } of mix.model.parameters)
    model.rewrite(RegExp(`^${name}$`), (_value, i) => mix.values(name)[i]!);
  model.setTable((i) => mix.model.table.tensor.dataSync()[i]!);
  expect(differenceOf(model.scores(), mix.scores())).toBeLessThan(1e-6);
});
