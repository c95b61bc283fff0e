/** What must hold of DCN whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { differenceOf, tinyModel } from '../../../tests/support/modelDoors';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of ['default', 'cross-alone', 'deep-alone', 'own', 'own-norm', 'own-shared-table'])
  describeReference(`tests/reference/dcn/fixtures/${name}.json`);

beforeAll(async () => {
  await openBackend('cpu');
});

it('passes the input on where cross weights are 0', () => {
  const model = tinyModel('dcn');
  model.rewrite(/^cross\./, () => 0);
  expect(model.output('crossOut')).toEqual(model.input(({ fields }) => fields));
  expect(model.probe('crossGates').every((gate) => gate === 0)).toBe(true);
});

it('with L cross layers is a polynomial of degree L + 1 of the input, and of no lower one', () => {
  const model = tinyModel('dcn', { crossLayers: 2 });
  model.rewrite(/^cross\.\d\.bias$/, () => 0);
  const table = model.model.table.tensor.dataSync<'float32'>().slice();
  // x_L at 0, 1, 2, 3, 4 times the input: differences of order 4 are 0, those of order 3 are not.
  const at = [0, 1, 2, 3, 4].map((times) => {
    model.setTable((i) => times * table[i]!);
    return model.output('crossOut');
  });
  const difference = (signs: readonly number[]): number =>
    Math.max(...at[0]!.map((_, i) => Math.abs(signs.reduce((sum, sign, k) => sum + sign * at[k]![i]!, 0))));
  expect(difference([-1, 3, -3, 1])).toBeGreaterThan(0.1);
  expect(difference([1, -4, 6, -4, 1])).toBeLessThan(1e-3);
});

it('is Mix without its cross network', () => {
  const settings = { batchNorm: 'off', hidden: [6, 4] };
  const [model, mix] = [tinyModel('dcn', { ...settings, cross: false }), tinyModel('mix', settings)];
  model.copy(mix);
  expect(differenceOf(model.scores(), mix.scores())).toBeLessThan(1e-6);
});

it('tells which fields it crosses: a field without weights has length 0', () => {
  const model = tinyModel('dcn');
  const [fields, dim] = [model.shape.fields.length, model.model.table.dim];
  model.rewrite(/^cross\.1\.weight$/, (value, i) => (Math.floor(i / dim) === 2 ? 0 : value));
  const lengths = model.probe('crossWeights');
  for (let f = 0; f < fields; f++) {
    const own = model.values('cross.1.weight').slice(f * dim, (f + 1) * dim);
    expect(lengths[fields + f]).toBeCloseTo(Math.hypot(...own), 5);
  }
  expect(lengths[fields + 2]).toBe(0);
});

it('needs one of its parts', () => {
  expect(() => tinyModel('dcn', { cross: false, deep: false })).toThrow('turn one on');
});
