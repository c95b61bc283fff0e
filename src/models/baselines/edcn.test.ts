/** What must hold of EDCN whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { differenceOf, tinyModel } from '../../../tests/support/modelDoors';
import { describeReference } from '../../../tests/support/reference';
import { openBackend } from '../../engine';

for (const name of [
  ...['default', 'addition', 'attention', 'concat', 'no-bridge', 'no-norm', 'no-regulation'],
  ...['own', 'own-no-norm'],
])
  describeReference(`tests/reference/edcn/fixtures/${name}.json`);

beforeAll(async () => {
  await openBackend('cpu');
});

const plain = { crossLayers: 2 };

it('without bridge and regulation is DCN with deep layers as wide as the input', () => {
  const model = tinyModel('edcn', { ...plain, bridge: 'off', regulation: false });
  const width = model.values('cross.0.weight').length;
  const dcn = tinyModel('dcn', { ...plain, batchNorm: 'off', hidden: [width, width] });
  dcn.copy(model, (name) => name.replace(/^mlp/, 'deep'));
  expect(differenceOf(model.scores(), dcn.scores())).toBeLessThan(1e-6);
});

it('starts with even shares of the fields', () => {
  const model = tinyModel('edcn', plain, true);
  const fields = model.shape.fields.length;
  for (const share of model.probe('regulation')) expect(share).toBeCloseTo(1 / fields, 6);
});

it('tells fields apart the more the lower the temperature; a large logit takes all', () => {
  const spread = [4, 1, 0.25].map((temperature) => {
    const model = tinyModel('edcn', { ...plain, temperature });
    const shares = model.probe('regulation');
    return Math.max(...shares) - Math.min(...shares);
  });
  expect(spread[1]).toBeGreaterThan(2 * spread[0]!);
  expect(spread[2]).toBeGreaterThan(2 * spread[1]!);
  const model = tinyModel('edcn', plain);
  const fields = model.shape.fields.length;
  model.rewrite(/^regulation\.\d\.(cross|deep)$/, (_value, i) => (i === 3 ? 60 : 0));
  model.probe('regulation').forEach((share, i) => expect(share).toBeCloseTo(i % fields === 3 ? 1 : 0, 5));
});

it('by products shares nothing where one network is silent, by sums what the other says', () => {
  const silent = (bridge: string) => {
    const model = tinyModel('edcn', { ...plain, bridge });
    model.rewrite(/^deep\./, () => 0);
    return model.output('bridgeOut');
  };
  expect(silent('product').every((value) => value === 0)).toBe(true);
  expect(silent('addition').some((value) => Math.abs(value) > 0.01)).toBe(true);
});

it('by attention takes shares of the units of both networks, each by a net of its own', () => {
  const model = tinyModel('edcn', { ...plain, bridge: 'attention' });
  const fields = model.shape.fields.length;
  const shares = model.probe('bridgeAttention');
  for (let from = 0; from < shares.length; from += fields)
    expect(shares.slice(from, from + fields).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  // The deep network's net moves its shares and not those of the cross network in the same layer.
  model.rewrite(/^bridge\.0\.deep\.1/, (value) => -3 * value);
  const moved = model.probe('bridgeAttention');
  expect(differenceOf(moved.slice(0, fields), shares.slice(0, fields))).toBe(0);
  expect(differenceOf(moved.slice(fields, 2 * fields), shares.slice(fields, 2 * fields))).toBeGreaterThan(
    1e-4,
  );
});

it.each(['product', 'addition', 'concat', 'attention', 'off'])(
  'trains with bridge %s in both ways',
  (bridge) => {
    for (const regulation of [true, false]) {
      const scores = tinyModel('edcn', { ...plain, bridge, regulation }).scores();
      expect(new Set(scores).size).toBeGreaterThan(10);
    }
  },
);
