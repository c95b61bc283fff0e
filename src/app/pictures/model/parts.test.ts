import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyShape } from '../../../../tests/support/tinyData';
import { createVariables, openBackend } from '../../../engine';
import { findModel, models } from '../../../models/registry';
import { presetSettings } from '../../../training/setup';
import { EMBEDDING, modelParts } from './parts';

beforeAll(async () => {
  await openBackend('cpu');
});

function drawn(id: string) {
  const shape = tinyShape();
  const model = findModel(id).configure(presetSettings(id, 'tiny')).build(shape, createVariables(1));
  const variables = model.parameters.map(({ name, shape: of }) => ({ name, shape: of }));
  const parts = modelParts(
    variables,
    { rows: shape.vocabularySize, dim: model.table.dim },
    shape.fields.length,
  );
  model.dispose();
  return { parts, variables };
}

describe('the parts of a model', () => {
  it('of MMoE are experts that gates weigh, and towers on what they give', () => {
    const { parts } = drawn('mmoe');
    expect(parts.parts.map(({ id, copies, level }) => [id, copies, level])).toEqual([
      ['expert', 2, 1],
      ['gate', 3, 1],
      ['tower', 3, 2],
      ['output', 3, 3],
    ]);
    expect(parts.arrows).toEqual([
      { from: EMBEDDING, to: 'expert', kind: 'flow', width: 28 },
      { from: EMBEDDING, to: 'gate', kind: 'flow', width: 28 },
      { from: 'expert', to: 'tower', kind: 'flow', width: 8 },
      { from: 'tower', to: 'output', kind: 'flow', width: 4 },
      { from: 'gate', to: 'expert', kind: 'gate', width: null },
    ]);
  });

  it.each(models.map(({ id }) => id))(
    'of %s hold all its parameters, and arrows join parts that are there',
    (id) => {
      const { parts, variables } = drawn(id);
      const counted = parts.parts.reduce((sum, part) => sum + part.parameters, 0);
      expect(counted).toBe(variables.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0));
      const ids = new Set([EMBEDDING, ...parts.parts.map((part) => part.id)]);
      for (const { from, to } of parts.arrows) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
      expect(parts.parts.length).toBeLessThanOrEqual(14);
    },
  );

  it('are found whatever variables are called', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,4}(\.[a-z0-9]{1,5}){0,4}$/);
    const shape = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.record({ name, shape }), { maxLength: 12 }), (variables) => {
        const { parts } = modelParts(variables, { rows: 3, dim: 2 }, 4);
        for (const { level } of parts) expect(level).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
