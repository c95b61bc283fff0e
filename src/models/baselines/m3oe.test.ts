import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '../../engine';
import { buildModel, change, logitsOf, valuesOf } from '../../../tests/support/builtModel';
import { copyVariables, gradientsOf, outputOf } from '../../../tests/support/probe';
import { describeReference } from '../../../tests/support/reference';
import { tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import type { AnyModel } from '../definition';
import type { AnySettings } from '../settings';

const fixtures = ['full', 'norm', 'fixed-balances', 'without-domain-experts', 'without-task-experts'];
for (const name of fixtures) describeReference(`tests/reference/m3oe/fixtures/${name}.json`);

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);
const sizes = {
  ...{ starWidth: 6, domainWidth: 5, numExperts: 2, expertHidden: [4], towerHidden: [3] },
  batchNorm: 'off',
};
const build = (settings: AnySettings = {}, of = shape): AnyModel =>
  buildModel('m3oe', of, { ...sizes, ...settings });

/** σ of these is 0 and 1 for 32 bits. */
const [NOTHING, ALL] = [-200, 200];
const set = (model: AnyModel, name: string, value: number): void => change(model, name, () => value);

beforeAll(async () => {
  await openBackend('cpu');
});

function expectSame(found: Float32Array, wanted: Float32Array, digits = 5): void {
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, digits));
}

it('with α = 0 the domain and the task part add nothing', () => {
  const model = build();
  const without = build({ domainExperts: false, taskExperts: false });
  copyVariables(model, without);
  set(model, 'fusion.domain', NOTHING);
  set(model, 'fusion.task', NOTHING);
  expectSame(logitsOf(model, shape, batch), logitsOf(without, shape, batch));
  set(model, 'fusion.domain', 0);
  expect(logitsOf(model, shape, batch)).not.toEqual(logitsOf(without, shape, batch));
});

it('with β = 1 a scenario hears its own expert alone, with less the others’ too', () => {
  const model = build();
  const scenario = batch.scenario.map((n) => (n === 2 ? 0 : n));
  const ofAbsent = (beta: number): number => {
    set(model, 'balance.domain', beta);
    const gradient = gradientsOf(model, shape, { ...batch, scenario }).parameters.get(
      'domainExpert.0.weight',
    )!;
    const share = gradient.length / shape.scenarios;
    return Math.hypot(...gradient.subarray(2 * share));
  };
  expect(ofAbsent(ALL)).toBe(0);
  expect(ofAbsent(1)).toBeGreaterThan(0);
});

it('with β = 1 / N every scenario hears all experts alike', () => {
  const model = build();
  set(model, 'balance.domain', Math.log(1 / 3 / (1 - 1 / 3)));
  const plain = logitsOf(model, shape, batch);
  // Experts change places: the first scenario's becomes the second's, and so on.
  for (const name of ['domainExpert.0.weight', 'domainExpert.0.bias']) {
    const values = valuesOf(model, name);
    const share = values.length / shape.scenarios;
    change(model, name, (_, i) => values[(i + share) % values.length]!);
  }
  expectSame(logitsOf(model, shape, batch), plain);
  set(model, 'balance.domain', 1);
  expect(Math.abs(logitsOf(model, shape, batch)[0]! - plain[0]!)).toBeGreaterThan(1e-4);
});

it('has balances between 0 and 1 that learn, or stay where they start', () => {
  const model = build();
  const balances = outputOf(model, shape, batch, 'balances');
  expect(balances).toHaveLength(3);
  balances.forEach((value) => {
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(1);
  });
  const fixed = build({ learnedBalances: false });
  expect(fixed.parameters.some(({ name }) => /^(balance|fusion)/.test(name))).toBe(false);
  outputOf(fixed, shape, batch, 'balances').forEach((value) => expect(value).toBeCloseTo(0.7311, 4));
});

it('one scenario has nobody to hear: its expert is its domain part', () => {
  const single = tinyShape(24, 1);
  const rows = tinyBatch(single, {}, 3);
  const model = build({}, single);
  expect(model.parameters.map(({ name }) => name)).not.toContain('balance.domain');
  expect(logitsOf(model, single, rows).every(Number.isFinite)).toBe(true);
});

/** Twelve scenarios: a training step hears a few drawn ones. */
const many = tinyShape(24, 12);
const manyRows = tinyBatch(many, {}, 3);

it('with many scenarios a step hears drawn experts, and their mean is that of all', () => {
  const model = build({}, many);
  const exact = logitsOf(model, many, manyRows, 'evaluate');
  const draws = Array.from({ length: 3 }, (_, step) => logitsOf(model, many, manyRows, 'train', step + 1));
  expect(draws[0]).not.toEqual(draws[1]);
  // Where all experts are the same one, whom a step hears makes no difference.
  for (const name of ['domainExpert.0.weight', 'domainExpert.0.bias']) {
    const values = valuesOf(model, name);
    change(model, name, (_, i) => values[i % (values.length / 12)]!);
  }
  const same = logitsOf(model, many, manyRows, 'evaluate');
  expect(same).not.toEqual(exact);
  for (const step of [1, 2, 3]) expectSame(logitsOf(model, many, manyRows, 'train', step), same);
});

it('with many scenarios a row never hears its own expert among the others', () => {
  const model = build({}, many);
  set(model, 'balance.domain', NOTHING);
  const rowsOfFirst = [...manyRows.scenario.keys()].filter(
    (b) => b < manyRows.count && manyRows.scenario[b] === 0,
  );
  expect(rowsOfFirst.length).toBeGreaterThan(0);
  const steps = Array.from({ length: 8 }, (_, step) => step + 1);
  const before = steps.map((step) => logitsOf(model, many, manyRows, 'train', step));
  const share = valuesOf(model, 'domainExpert.0.bias').length / 12;
  change(model, 'domainExpert.0.bias', (value, i) => (i < share ? value + 5 : value));
  const after = steps.map((step) => logitsOf(model, many, manyRows, 'train', step));
  let heard = 0;
  steps.forEach((_, s) => {
    for (const b of rowsOfFirst) expect(after[s]![b]).toBeCloseTo(before[s]![b]!, 5);
    if (after[s]!.some((value, b) => Math.abs(value - before[s]![b]!) > 1e-3)) heard++;
  });
  // The first scenario's expert was drawn in some steps, and other scenarios' rows heard it.
  expect(heard).toBeGreaterThan(0);
});
