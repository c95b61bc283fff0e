import { beforeAll, expect, it } from 'vitest';
import { createVariables, openBackend } from '../../engine';
import { buildModel, change, fill, logitsOf, valuesOf } from '../../../tests/support/builtModel';
import { gradientsOf, outputOf } from '../../../tests/support/probe';
import { describeReference } from '../../../tests/support/reference';
import { tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import type { AnyModel } from '../definition';
import { findModel } from '../registry';
import type { AnySettings } from '../settings';

const fixtures = [
  ...['default', 'norm', 'one-norm-for-all', 'shared-backbone', 'two-cells'],
  ...['without-domain-norm', 'without-hyper-network'],
];
for (const name of fixtures) describeReference(`tests/reference/hamur/fixtures/${name}.json`);

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);
const sizes = { hidden: [6, 5], hyperHidden: [4], rank: 2, adapterWidth: 3, batchNorm: 'off' };
const build = (settings: AnySettings = {}): AnyModel => buildModel('hamur', shape, { ...sizes, ...settings });

beforeAll(async () => {
  await openBackend('cpu');
});

it('is Mix where adapters add nothing, on the shared backbone', () => {
  const mix = buildModel('mix', shape, { hidden: [6, 5], batchNorm: 'off' });
  const model = build({ backbone: 'shared', domainNorm: 'off', adapters: 2 });
  fill(model, mix, (name, size) => {
    if (/up\.(v|bias)$/.test(name)) return new Float32Array(size);
    return /^(hyper|adapter)/.test(name) ? valuesOf(model, name) : valuesOf(mix, name);
  });
  const wanted = logitsOf(mix, shape, batch);
  logitsOf(model, shape, batch).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
  // And not where they add something.
  change(model, 'adapter.0.up.v', () => 1);
  expect(Math.abs(logitsOf(model, shape, batch)[0]! - wanted[0]!)).toBeGreaterThan(1e-3);
});

it('a row’s adapter is U I V written out', () => {
  const model = build({ backbone: 'shared', domainNorm: 'off', hidden: [5] });
  const [width, rank, inner] = [5, 2, 3];
  // A layer of ones below, and a logit that adds the units up.
  change(model, 'mlp.0.weight', () => 0);
  change(model, 'mlp.0.bias', () => 1);
  change(model, 'output.weight', () => 1);
  change(model, 'output.bias', () => 0);
  const matrix = outputOf(model, shape, batch, 'generated');
  const product =
    (u: Float32Array, b: number, v: Float32Array, rows: number, columns: number) =>
    (i: number, j: number) => {
      let sum = 0;
      for (let p = 0; p < rank; p++)
        for (let q = 0; q < rank; q++)
          sum += u[i * rank + p]! * matrix[b * rank * rank + p * rank + q]! * v[q * columns + j]!;
      return rows > 0 ? sum : Number.NaN;
    };
  const of = (part: string): Float32Array => valuesOf(model, `adapter.0.${part}`);
  const [downU, downV, downBias] = [of('down.u'), of('down.v'), of('down.bias')];
  const [upU, upV, upBias] = [of('up.u'), of('up.v'), of('up.bias')];
  const found = logitsOf(model, shape, batch);
  for (let b = 0; b < batch.count; b++) {
    const down = product(downU, b, downV, width, inner);
    const up = product(upU, b, upV, inner, width);
    let logit = width;
    const t = Array.from({ length: inner }, (_, j) => {
      let sum = downBias[j]!;
      for (let i = 0; i < width; i++) sum += down(i, j);
      return 1 / (1 + Math.exp(-sum));
    });
    for (let j = 0; j < width; j++) {
      logit += upBias[j]!;
      for (let i = 0; i < inner; i++) logit += t[i]! * up(i, j);
    }
    expect(found[b]).toBeCloseTo(logit, 4);
  }
});

it('makes a matrix for each row; without hyper-network one for each scenario', () => {
  const rank = 2;
  const rowsOf = (model: AnyModel): string[] => {
    const made = outputOf(model, shape, batch, 'generated');
    return Array.from({ length: batch.count }, (_, b) =>
      made.subarray(b * rank * rank, (b + 1) * rank * rank).join(),
    );
  };
  expect(new Set(rowsOf(build())).size).toBeGreaterThan(shape.scenarios);
  const own = rowsOf(build({ hyperNetwork: false }));
  expect(new Set(own).size).toBe(shape.scenarios);
  for (let b = 0; b < batch.count; b++) expect(own[b]).toBe(own[batch.scenario.indexOf(batch.scenario[b]!)]);
});

it('starts from the unit matrix, with and without hyper-network', () => {
  const unit = [1, 0, 0, 1];
  const fresh = (hyperNetwork: boolean, name: string): number[] => {
    const model = findModel('hamur')
      .configure({ ...sizes, hyperNetwork })
      .build(shape, createVariables(1));
    return [...valuesOf(model, name)];
  };
  expect(fresh(true, 'hyper.output.bias')).toEqual(unit);
  expect(fresh(false, 'matrix')).toEqual([...unit, ...unit, ...unit]);
});

it('the hyper-network learns from all scenarios, a backbone from its own', () => {
  const model = build();
  const scenario = batch.scenario.map((n) => (n === 2 ? 0 : n));
  const { parameters } = gradientsOf(model, shape, { ...batch, scenario });
  const tower = parameters.get('tower.0.weight')!;
  const share = tower.length / shape.scenarios;
  const lengthOf = (n: number): number => Math.hypot(...tower.subarray(n * share, (n + 1) * share));
  expect(lengthOf(0)).toBeGreaterThan(0);
  expect(lengthOf(2)).toBe(0);
  expect(Math.hypot(...parameters.get('hyper.0.weight')!)).toBeGreaterThan(0);
});

it('domain norm keeps scenarios apart: rows of one do not move another’s', () => {
  const other = { ...batch, ids: batch.ids.slice() };
  const width = shape.fields.length;
  for (let b = 0; b < batch.count; b++)
    if (batch.scenario[b] === 1)
      other.ids[b * width] = shape.fields[0]!.offset + ((batch.ids[b * width]! + 5) % 12);
  const distance = (domainNorm: string): number => {
    const model = build({ domainNorm });
    const [plain, moved] = [batch, other].map((rows) => logitsOf(model, shape, rows, 'train'));
    return Math.max(
      ...Array.from(plain!.subarray(0, batch.count), (value, b) =>
        batch.scenario[b] === 0 ? Math.abs(value - moved![b]!) : 0,
      ),
    );
  };
  expect(distance('own')).toBeLessThan(1e-5);
  expect(distance('shared')).toBeGreaterThan(1e-3);
});
