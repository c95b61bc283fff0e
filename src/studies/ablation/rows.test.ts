import { describe, expect, it } from 'vitest';
import { models } from '../../models/registry';
import { settingsSchema } from '../../models/settings';
import { defaultSetup, presetSettings } from '../../training/setup';
import { ablationRuns, isUnchanged, rowChoices, switchOffRows } from './rows';
import { settingsKey, setupKey } from '../setups';

describe.each(models.map((model) => [model.id, model] as const))('ablating %s', (id, model) => {
  const setup = { ...defaultSetup(), model: id, settings: presetSettings(id, 'browser') };
  const choices = rowChoices(model, setup);

  it('plans only valid set-ups, none of them twice', () => {
    const schema = settingsSchema(model.fields);
    for (const { id: choice, rows } of choices) {
      const keys = rows.map(({ changes }) => {
        const settings = { ...setup.settings, ...changes };
        expect(schema.safeParse(settings).success).toBe(true);
        return setupKey({ ...setup, settings });
      });
      expect(new Set(keys).size, choice).toBe(keys.length);
    }
  });

  it('turns each switch alone, and away from what it is', () => {
    for (const row of switchOffRows(model, setup)) {
      expect(Object.keys(row.changes)).toHaveLength(1);
      expect(isUnchanged(setup, row), row.name).toBe(false);
    }
  });

  it('has the run itself among all choices but tables that leave it out', () => {
    for (const { id: choice, rows } of choices)
      if (choice === 'switches' || choice === 'all')
        expect(rows.filter((row) => isUnchanged(setup, row))).toHaveLength(1);
  });

  it('takes no best step that the truth chose', () => {
    const stopping = (stopMetric: 'noiseFreeAuc' | 'auc') =>
      new Set(
        ablationRuns(
          model,
          { ...setup, training: { ...setup.training, stopMetric } },
          choices[0]?.rows ?? [{ name: 'itself', table: null, changes: {} }],
          1,
        ).map((run) => run.setup.training.stopMetric),
      );
    expect(stopping('noiseFreeAuc')).toEqual(new Set(['logLoss']));
    expect(stopping('auc')).toEqual(new Set(['auc']));
  });

  it('runs everything once a seed', () => {
    for (const { rows } of choices) {
      const runs = ablationRuns(model, setup, rows, 3);
      expect(runs).toHaveLength(3 * rows.length);
      expect(new Set(runs.map((run) => run.setup.seed))).toEqual(new Set([1, 2, 3]));
    }
  });
});

describe('ablating CausalInt', () => {
  const model = models.find((one) => one.id === 'causalint')!;
  const setup = { ...defaultSetup(), model: 'causalint', settings: presetSettings('causalint', 'browser') };

  it('has five switches, and Table 5 with its five rows in the paper’s order', () => {
    expect(switchOffRows(model, setup)).toHaveLength(5);
    const table = rowChoices(model, setup).find((choice) => choice.id === 'Table 5')!;
    expect(table.rows.map((row) => row.name)).toEqual([
      'w/o orth',
      'w/o invar',
      'w/o classifier',
      'w/o concat',
      'SRM',
    ]);
  });
});

it('settings are one text whatever their order', () => {
  expect(settingsKey({ b: [1, 2], a: true })).toBe(settingsKey({ a: true, b: [1, 2] }));
  expect(settingsKey({ a: 0.1 })).not.toBe(settingsKey({ a: 0.2 }));
});
