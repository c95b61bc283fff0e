/** What must hold of HiNet whatever its weights are. */
import { beforeAll, expect, it } from 'vitest';
import { describeReference } from '../../../tests/support/reference';
import {
  expectClose,
  expectPoolAgrees,
  fill,
  moved,
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

beforeAll(async () => {
  await openBackend('cpu');
});

it('a scenario attends to the others, in all 1, and never to itself', () => {
  const model = tinyModel('hinet');
  const weights = seen(model, shape, batch, 'attention');
  for (let b = 0; b < batch.count; b++) {
    const row = weights.subarray(b * N, (b + 1) * N);
    expect(row[batch.scenario[b]!]).toBe(0);
    expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
  }
  model.dispose();
});

it('a scenario alone has nobody to attend to', () => {
  const single = tinyShape(24, 1);
  const model = tinyModel('hinet', {}, single);
  const rows = tinyBatch(single, {}, 3);
  const w = 6;
  const extracted = seen(model, single, rows, 'extracted');
  for (let b = 0; b < rows.count; b++) {
    const attended = extracted.subarray((3 * b + 2) * w, (3 * b + 3) * w);
    expect([...attended]).toEqual(new Array(w).fill(0));
  }
  model.dispose();
});

it('a scenario’s experts learn from the others’ rows by attention alone', () => {
  const inFirst = moved(batch, () => 0);
  const [attentive, alone] = [tinyModel('hinet'), tinyModel('hinet', { attentive: false })];
  for (const name of ['specific.0.weight', 'specificGate.weight']) {
    expect(scenarioSlope(attentive, shape, inFirst, name, 1), name).toBeGreaterThan(1e-7);
    expect(scenarioSlope(alone, shape, inFirst, name, 1), name).toBe(0);
    expect(scenarioSlope(alone, shape, inFirst, name, 0), name).toBeGreaterThan(1e-7);
  }
  attentive.dispose();
  alone.dispose();
});

it('without the scenario layer it is customised gate control, PLE with one level', () => {
  const hinet = tinyModel('hinet', { hierarchy: false });
  const ple = tinyModel('ple', {
    ...{ levels: 1, specificExperts: 1, sharedExperts: 1, batchNorm: 'off' },
    expertHidden: [5],
  });
  fill(ple, hinet, (name) => valuesOf(hinet, name.replace('level.0.', 'task.')));
  expectClose(seen(ple, shape, batch), seen(hinet, shape, batch));
  hinet.dispose();
  ple.dispose();
});

it('with many scenarios, rows of the pool’s are given and teach what they would with the pool alone', () => {
  expectPoolAgrees(
    'hinet',
    batch,
    {
      'attention.weight': { rows: false, before: 4, after: 1 },
      'attention.bias': { rows: false, before: 1, after: 1 },
    },
    ['shared.0.weight', 'specific.0.weight', 'specificGate.weight', 'output.weight'],
  );
});

for (const name of ['full', 'two-peers', 'without-attention', 'without-hierarchy'])
  describeReference(`tests/reference/hinet/fixtures/${name}.json`);
