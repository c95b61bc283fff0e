/** What must hold of HMoE whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
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
import { openBackend } from '../../engine';

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);
const N = shape.scenarios;
const NETWORKS = ['gate.weight', 'tower.0.weight', 'output.weight'] as const;

beforeAll(async () => {
  await openBackend('cpu');
});

it('without label space it is MMoE', () => {
  const mmoe = tinyModel('mmoe', { batchNorm: 'off' });
  const plain = tinyModel('hmoe', { labelSpace: false });
  fill(plain, mmoe, (name) => valuesOf(mmoe, name));
  expectClose(seen(plain, shape, batch), seen(mmoe, shape, batch));
  const full = tinyModel('hmoe');
  // All weight on the own scenario's prediction: the others' say nothing.
  fill(full, mmoe, (name, size) => {
    if (name === 'relation.weight') return new Float32Array(size);
    if (name !== 'relation.bias') return valuesOf(mmoe, name);
    return Float32Array.from({ length: size }, (_, at) => (at % N === Math.floor(at / N) ? 40 : 0));
  });
  expectClose(seen(full, shape, batch), seen(mmoe, shape, batch));
  for (const model of [mmoe, plain, full]) model.dispose();
});

it('a prediction lies between the least and the largest vote', () => {
  const model = tinyModel('hmoe');
  const votes = seen(model, shape, batch, 'votes');
  seen(model, shape, batch).forEach((logit, b) => {
    const p = 1 / (1 + Math.exp(-logit));
    const of = votes.subarray(b * N, (b + 1) * N);
    expect(p).toBeGreaterThanOrEqual(Math.min(...of) - 1e-6);
    expect(p).toBeLessThanOrEqual(Math.max(...of) + 1e-6);
    expect(Math.max(...of) - Math.min(...of)).toBeGreaterThan(1e-4);
  });
  model.dispose();
});

it('a row borrows predictions of networks that it does not train', () => {
  const inFirst = moved(batch, () => 0);
  const model = tinyModel('hmoe');
  const free = tinyModel('hmoe', { taskConstrained: false });
  for (const name of NETWORKS) {
    expect(scenarioSlope(model, shape, inFirst, name, 0), name).toBeGreaterThan(1e-6);
    expect(scenarioSlope(model, shape, inFirst, name, 1), name).toBe(0);
    expect(scenarioSlope(free, shape, inFirst, name, 1), name).toBeGreaterThan(1e-6);
  }
  const before = seen(model, shape, inFirst);
  rewrite(model, 'output.bias', (value, n) => (n === 1 ? value + 1 : value));
  seen(model, shape, inFirst).forEach((logit, b) => expect(logit).toBeGreaterThan(before[b]! + 1e-4));
  model.dispose();
  free.dispose();
});

it('with many scenarios, rows of the pool’s are given and teach what they would with the pool alone', () => {
  const width = tinyModel('hmoe').parameters.find(({ name }) => name === 'relation.weight')!.shape[1]!;
  expectPoolAgrees(
    'hmoe',
    batch,
    {
      'relation.weight': { rows: true, before: width, after: 1 },
      'relation.bias': { rows: true, before: 1, after: 1 },
    },
    ['expert.0.weight', 'gate.weight', 'tower.0.weight', 'output.weight'],
  );
});

for (const name of ['asked', 'default', 'no-label-space', 'unconstrained'])
  describeReference(`tests/reference/hmoe/fixtures/${name}.json`);
