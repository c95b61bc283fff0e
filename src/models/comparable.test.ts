/** Under `comparable` no model of the registry differs in what the table of comparisons fixes, and nothing that it should fix is left out. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createVariables, openBackend } from '../engine';
import { tinyShape } from '../../tests/support/tinyData';
import { comparableTraining, comparableValue, halfWidths } from './comparable';
import { models } from './registry';

beforeAll(async () => {
  await openBackend('cpu');
});

const shape = tinyShape();

it('a setting that several models have is the same in all of them', () => {
  const names = new Set(models.flatMap(({ fields }) => Object.keys(fields)));
  const fixed = [...names].flatMap((name) => {
    const having = models.filter(({ fields }) => {
      const field = fields[name];
      return field && comparableValue(name, field) !== undefined;
    });
    // One number where a part has one layer, a list where it has several.
    const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);
    const values = new Set(having.map(({ presets }) => first(presets.comparable[name])));
    return having.length > 0 ? [[name, [...values]] as const] : [];
  });
  expect(Object.fromEntries(fixed)).toMatchObject({
    embeddingDim: [16],
    batchNorm: ['off'],
    dropout: [0],
    history: ['off'],
    hidden: [128],
    expertHidden: [128],
    towerHidden: [64],
  });
  for (const [name, values] of fixed) expect(values.length, name).toBe(1);
});

it('half widths halve every width of the table and nothing else', () => {
  for (const { id, fields, presets, ...model } of models) {
    const halved = halfWidths(fields);
    const total = (value: unknown): number =>
      (Array.isArray(value) ? value : [value]).reduce((sum: number, w) => sum + Number(w), 0);
    for (const [name, value] of Object.entries(halved))
      expect(total(value), `${id} ${name}`).toBe(total(presets.comparable[name]) / 2);
    expect(() => model.configure({ ...presets.comparable, ...halved }), id).not.toThrow();
  }
  const { fields } = models.find(({ id }) => id === 'mmoe')!;
  expect(halfWidths(fields)).toEqual({ embeddingDim: 8, expertHidden: [64], towerHidden: [32] });
});

describe.each(models.map((model) => [model.id, model] as const))('%s', (_id, model) => {
  it('has widths, norms and activations that the table knows', () => {
    const open = Object.entries(model.fields).filter(
      ([name, field]) =>
        (field.type === 'widths' || /^(dropout|leakySlope|embeddingDim|history|batchNorm)$/.test(name)) &&
        comparableValue(name, field) === undefined,
    );
    expect(open.map(([name]) => name)).toEqual([]);
  });

  it('is built under it, and trained within the same budget', () => {
    const built = model.configure(model.presets.comparable).build(shape, createVariables(1));
    // SAR-Net's experts are normalised in its paper and have no such switch; what HAMUR's adapters add is, by their own; AREAD's
    // hierarchy of six ReLU layers does not train without (docs/decisions/aread.md).
    const normalised = built.parameters.some(({ name }) => name.includes('.norm.'));
    expect(normalised).toBe(['sarnet', 'hamur', 'aread'].includes(model.id));
    built.dispose();
    expect(model.presetTraining.comparable).toEqual(comparableTraining);
  });
});
