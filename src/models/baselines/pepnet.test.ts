import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../engine';
import { buildModel, change, fill, logitsOf, valuesOf } from '../../../tests/support/builtModel';
import { gradientsOf, outputOf } from '../../../tests/support/probe';
import { describeReference } from '../../../tests/support/reference';
import { permuteRows, tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import type { AnyModel } from '../definition';
import type { AnySettings } from '../settings';

const fixtures = {
  epnet: ['default', 'norm', 'with-gradient'],
  ppnet: ['default', 'norm'],
  pepnet: ['full', 'norm', 'with-gradient', 'without-epnet', 'without-ppnet'],
};
for (const [id, names] of Object.entries(fixtures))
  for (const name of names) describeReference(`tests/reference/${id}/fixtures/${name}.json`);

const shape = tinyShape();
const batch = tinyBatch(shape, {}, 3);
const fieldAt = (name: string): number => shape.fields.findIndex((field) => field.name === name);
const build = (id: string, settings: AnySettings = {}): AnyModel =>
  buildModel(id, shape, { hidden: [6, 5], gateWidth: 4, ...settings });

beforeAll(async () => {
  await openBackend('cpu');
});

/** Length of the rows' gradient by the embeddings of one field. */
function gradientOf(model: AnyModel, field: string): number {
  const { rows } = gradientsOf(model, shape, batch);
  const dim = model.table.dim;
  const from = fieldAt(field) * dim;
  const width = shape.fields.length * dim;
  return Math.hypot(...rows.filter((_, i) => i % width >= from && i % width < from + dim));
}

/** Takes a field away from the tower, so that it reaches the logit through gates alone. */
function blind(model: AnyModel, field: string): void {
  const dim = model.table.dim;
  const [from, to] = [fieldAt(field) * dim, (fieldAt(field) + 1) * dim];
  change(model, 'mlp.0.weight', (value, i) => {
    const input = Math.floor(i / 6);
    return input >= from && input < to ? 0 : value;
  });
}

const ids = ['epnet', 'ppnet', 'pepnet'];

describe.each(ids)('%s', (id) => {
  it('is Mix where gates stand in the middle: 2 σ(0) = 1', () => {
    const [mix, gated] = [buildModel('mix', shape, { hidden: [6, 5] }), build(id)];
    fill(gated, mix, (name, size) =>
      /^(epnet|ppnet)/.test(name) ? new Float32Array(size) : valuesOf(mix, name),
    );
    for (const kind of ['train', 'evaluate'] as const) {
      const wanted = logitsOf(mix, shape, batch, kind);
      logitsOf(gated, shape, batch, kind).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
    }
  });

  it('has factors between 0 and γ, on both sides of γ/2', () => {
    const model = build(id, { gamma: 3 });
    const names = [...(id === 'ppnet' ? [] : ['domainGate']), ...(id === 'epnet' ? [] : ['layerGates'])];
    for (const name of names) {
      const factors = outputOf(model, shape, batch, name);
      expect(Math.min(...factors)).toBeGreaterThan(0);
      expect(Math.max(...factors)).toBeLessThan(3);
      expect(factors.some((factor) => factor < 1.5) && factors.some((factor) => factor > 1.5)).toBe(true);
    }
  });

  it('gives every field a gradient', () => {
    const model = build(id);
    for (const { name } of shape.fields) expect(gradientOf(model, name), name).toBeGreaterThan(0);
  });

  it('sends no gradient through gates into what they multiply, and some into their priors', () => {
    // The hour is no prior of either gate: blind to it, the tower knows it through gates alone.
    const prior = id === 'ppnet' ? 'user_id' : 'slot';
    for (const stopGradient of [true, false]) {
      const model = build(id, { stopGradient });
      blind(model, 'hour');
      if (stopGradient) expect(gradientOf(model, 'hour')).toBe(0);
      else expect(gradientOf(model, 'hour')).toBeGreaterThan(0);
      blind(model, prior);
      expect(gradientOf(model, prior)).toBeGreaterThan(0);
    }
  });
});

it('EPNet: the same row in another scenario keeps other shares of its embeddings', () => {
  const model = build('epnet');
  const width = shape.fields.length;
  const moved = { ...batch, ids: batch.ids.slice() };
  const scenario = fieldAt('scenario');
  const { offset } = shape.fields[scenario]!;
  moved.ids[scenario] = offset + 1 + ((batch.scenario[0]! + 1) % shape.scenarios);
  const [here, there] = [batch, moved].map((rows) =>
    outputOf(model, shape, rows, 'domainGate').subarray(0, width * model.table.dim),
  );
  expect(here).not.toEqual(there);
});

it('PPNet: a row’s factors are its own user’s and item’s', () => {
  const model = build('ppnet');
  const order = Array.from({ length: shape.batch }, (_, b) => (b + 1) % shape.batch);
  const factors = outputOf(model, shape, batch, 'layerGates');
  const width = factors.length / shape.batch;
  const moved = outputOf(model, shape, permuteRows(batch, order), 'layerGates');
  expect(factors.subarray(0, width)).not.toEqual(factors.subarray(width, 2 * width));
  moved.subarray(0, width).forEach((value, i) => expect(value).toBeCloseTo(factors[width + i]!, 6));
  // One gate for the input of each layer, the output's among them.
  expect(width).toBe(shape.fields.length * 4 + 6 + 5);
});

it('PPNet: what a layer’s closed gate takes away is all that it reads, the output’s too', () => {
  const model = build('ppnet');
  const close = (layer: number): void => {
    change(model, `ppnet.gate.${layer}.weight`, () => 0);
    change(model, `ppnet.gate.${layer}.bias`, () => -100);
  };
  close(2);
  const bias = valuesOf(model, 'output.bias')[0]!;
  logitsOf(model, shape, batch).forEach((value) => expect(value).toBeCloseTo(bias, 5));
});

it('PEPNet without a module has none of its parameters', () => {
  const names = (settings: AnySettings): string[] =>
    build('pepnet', settings).parameters.map(({ name }) => name.split('.')[0]!);
  expect(names({ epnet: false })).not.toContain('epnet');
  expect(names({ ppnet: false })).not.toContain('ppnet');
  expect(names({})).toEqual(expect.arrayContaining(['epnet', 'ppnet']));
});

it('refuses data without a scenario field in one sentence', () => {
  const fields = shape.fields.map((field) => ({
    ...field,
    role: field.role === 'scenario' ? ('context' as const) : field.role,
    scenarioSpecific: false,
  }));
  expect(() => buildModel('epnet', { ...shape, fields }, {})).toThrow('give the scenario column that role');
});
