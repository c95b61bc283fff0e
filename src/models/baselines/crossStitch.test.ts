/** What must hold of cross-stitch networks whatever their weights are. */
import { beforeAll, expect, it } from 'vitest';
import { gradientsOf } from '../../../tests/support/probe';
import { describeReference } from '../../../tests/support/reference';
import {
  expectClose,
  expectPoolAgrees,
  fill,
  moved,
  rewrite,
  scenarioSlope,
  seen,
  tinyModel,
  valuesOf,
} from '../../../tests/support/tinyModel';
import { tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import { createVariables, openBackend } from '../../engine';
import type { AnyModel } from '../definition';
import { crossStitch } from './crossStitch';

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);
const N = shape.scenarios;

beforeAll(async () => {
  await openBackend('cpu');
});

/** α at the identity: nobody takes anything of anybody else. */
function separate(model: AnyModel): void {
  for (const [name, width] of [
    ['stitch.0.weight', 6],
    ['stitch.1.weight', 4],
  ] as const) {
    rewrite(model, name, (_, at) => (Math.floor(at / (N * width)) === Math.floor(at / width) % N ? 1 : 0));
  }
}

it('starts by convex combinations: mostly its own, the rest in equal parts of the others', () => {
  const model = crossStitch
    .configure({ ...crossStitch.presets.tiny, units: 'layer', selfWeight: 0.8 })
    .build(shape, createVariables(1));
  expectClose(valuesOf(model, 'stitch.0.weight'), [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8]);
  model.dispose();
});

it('with nothing taken of others each scenario has a network alone', () => {
  const model = tinyModel('cross-stitch');
  const inFirst = moved(batch, () => 0);
  for (const name of ['tower.0.weight', 'tower.1.weight'])
    expect(scenarioSlope(model, shape, inFirst, name, 1), name).toBeGreaterThan(1e-6);
  separate(model);
  for (const name of ['tower.0.weight', 'tower.1.weight']) {
    expect(scenarioSlope(model, shape, inFirst, name, 0), name).toBeGreaterThan(1e-6);
    expect(scenarioSlope(model, shape, inFirst, name, 1), name).toBe(0);
  }
  model.dispose();
});

it('with nothing taken of others it is a tower a scenario over shared embeddings', () => {
  const model = tinyModel('cross-stitch');
  separate(model);
  const towers = tinyModel('shared-bottom', { bottom: 'embedding', batchNorm: 'off', towerHidden: [6, 4] });
  fill(towers, model, (name) => valuesOf(model, name));
  expectClose(seen(model, shape, batch), seen(towers, shape, batch));
  model.dispose();
  towers.dispose();
});

it('one unit a layer says what equal units a channel say', () => {
  const [channel, layer] = [tinyModel('cross-stitch'), tinyModel('cross-stitch', { units: 'layer' })];
  fill(channel, layer, (name, size) => {
    const given = valuesOf(layer, name);
    return Float32Array.from({ length: size }, (_, at) => given[Math.floor((at * given.length) / size)]!);
  });
  const [one, other] = [gradientsOf(channel, shape, batch), gradientsOf(layer, shape, batch)];
  expect(one.total).toBeCloseTo(other.total, 6);
  const sums = new Float32Array(N * N);
  one.parameters.get('stitch.0.weight')!.forEach((value, at) => (sums[Math.floor(at / 6)]! += value));
  expectClose(sums, other.parameters.get('stitch.0.weight')!);
  channel.dispose();
  layer.dispose();
});

it('with many scenarios, rows of the pool’s are given and teach what they would with the pool alone', () => {
  expectPoolAgrees(
    'cross-stitch',
    batch,
    {
      'stitch.0.weight': { rows: true, before: 1, after: 6 },
      'stitch.1.weight': { rows: true, before: 1, after: 4 },
    },
    ['tower.0.weight', 'tower.1.weight', 'tower.1.bias', 'output.weight'],
  );
});

for (const name of ['asked', 'default', 'layer'])
  describeReference(`tests/reference/cross-stitch/fixtures/${name}.json`);
