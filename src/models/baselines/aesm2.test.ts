/** What must hold of AESM² whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { gradientsOf } from '../../../tests/support/probe';
import { describeReference } from '../../../tests/support/reference';
import { expectClose, expectPoolAgrees, rewrite, seen, tinyModel } from '../../../tests/support/tinyModel';
import { tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import { openBackend } from '../../engine';
import type { AnyModel } from '../definition';

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);
const N = shape.scenarios;
const EXPERTS = 4;

beforeAll(async () => {
  await openBackend('cpu');
});

/**
 * Gates that say plainly whose an expert is, and are all below 0: expert k is scenario k's for k < 3, the fourth is everyone's.
 */
function plain(model: AnyModel): AnyModel {
  rewrite(model, 'layer.0.gate.weight', () => 0);
  rewrite(model, 'layer.0.gate.bias', (_, at) => {
    const [j, k] = [Math.floor(at / EXPERTS), at % EXPERTS];
    return k === 3 ? -2 : k === j ? -1 : -6;
  });
  return model;
}

const one = { layers: 1, specificExperts: 1, sharedExperts: 1 };

it('a row chooses the expert that is its scenario’s and the one that is everyone’s, and uses these alone', () => {
  const model = plain(tinyModel('aesm2', one));
  const [specific, shared, gate] = ['specific0', 'shared0', 'gate0'].map((name) =>
    seen(model, shape, batch, name),
  );
  const [own, common] = [Math.exp(-1), Math.exp(-2)].map((part, _, all) => part / (all[0]! + all[1]!));
  for (let b = 0; b < batch.count; b++) {
    const s = batch.scenario[b]!;
    const row = (values: Float32Array | undefined) => values!.subarray(b * EXPERTS, (b + 1) * EXPERTS);
    expect([...row(specific)]).toEqual([0, 1, 2, 3].map((k) => Number(k === s)));
    expect([...row(shared)]).toEqual([0, 0, 0, 1]);
    expectClose(
      row(gate),
      [0, 1, 2, 3].map((k) => (k === s ? own! : k === 3 ? common! : 0)),
    );
  }
  model.dispose();
});

it('distances are those of the distributions over scenarios', () => {
  const model = plain(tinyModel('aesm2', { ...one, klWeight: 1 }));
  const { total } = gradientsOf(model, shape, batch);
  const click = plain(tinyModel('aesm2', { ...one, klWeight: 0 }));
  const alone = gradientsOf(click, shape, batch).total;
  // Own: softmax over scenarios of (-1, -6, -6); shared: uniform, at no distance.
  const toOwn = Math.log(Math.exp(-1) + (N - 1) * Math.exp(-6)) + 1;
  expect(total - alone).toBeCloseTo(toOwn, 5);
  model.dispose();
  click.dispose();
});

it('an expert that nobody chooses learns nothing', () => {
  const model = plain(tinyModel('aesm2', { ...one, selection: 'specific' }));
  const gradient = gradientsOf(model, shape, batch).parameters.get('layer.0.expert.0.weight')!;
  const block = gradient.length / EXPERTS;
  const size = (k: number): number => Math.hypot(...gradient.subarray(k * block, (k + 1) * block));
  for (let k = 0; k < 3; k++) expect(size(k)).toBeGreaterThan(1e-6);
  expect(size(3)).toBe(0);
  model.dispose();
});

it('a row uses as many experts as it chooses, an expert of both kinds once', () => {
  const model = tinyModel('aesm2', { layers: 1, specificExperts: 2, sharedExperts: 2 });
  const [specific, shared, gate] = ['specific0', 'shared0', 'gate0'].map((name) =>
    seen(model, shape, batch, name),
  );
  for (let b = 0; b < batch.count; b++) {
    const count = (values: Float32Array | undefined): number =>
      values!.subarray(b * EXPERTS, (b + 1) * EXPERTS).filter((value) => value > 0).length;
    expect(count(specific)).toBe(2);
    expect(count(shared)).toBe(2);
    const both = specific!.map((value, at) => Math.max(value, shared![at]!));
    expect(count(gate)).toBe(count(both));
  }
  model.dispose();
});

it('of experts that are equally near it chooses the earlier', () => {
  const model = tinyModel('aesm2', { layers: 1, specificExperts: 1, sharedExperts: 2 });
  for (const part of ['weight', 'bias']) rewrite(model, `layer.0.gate.${part}`, () => 0);
  for (const [name, row] of [
    ['specific0', [1, 0, 0, 0]],
    ['shared0', [1, 1, 0, 0]],
  ] as const) {
    const chosen = seen(model, shape, batch, name);
    for (let b = 0; b < batch.count; b++)
      expect([...chosen.subarray(b * EXPERTS, (b + 1) * EXPERTS)]).toEqual(row);
  }
  model.dispose();
});

it('asked for more experts than there are, it uses all, as without selection', () => {
  const all = tinyModel('aesm2', { layers: 1, specificExperts: 9, sharedExperts: 9, klWeight: 0 });
  const off = tinyModel('aesm2', { layers: 1, selection: 'off' });
  expectClose(seen(all, shape, batch), seen(off, shape, batch));
  expectClose(seen(all, shape, batch, 'gate0'), seen(off, shape, batch, 'gate0'));
  all.dispose();
  off.dispose();
});

it('with many scenarios, rows of the pool’s are given and teach what they would with the pool alone', () => {
  expectPoolAgrees('aesm2', batch, {}, [
    'layer.0.expert.0.weight',
    'layer.0.gate.weight',
    'layer.1.gate.bias',
    'tower.0.weight',
  ]);
});

for (const name of [
  'default',
  'two-layers',
  'two-peers',
  'selection-specific',
  'selection-shared',
  'selection-off',
])
  describeReference(`tests/reference/aesm2/fixtures/${name}.json`);
