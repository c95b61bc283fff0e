import { describe, expect, it } from 'vitest';
import { models } from '../../../models/registry';
import { settingsSchema } from '../../../models/settings';
import { defaultSetup, presetSettings } from '../../../training/setup';
import { ablationRuns, plannedVariants } from './ablations';
import { setupKey } from './groups';

describe.each(models.map((model) => [model.id, model] as const))('ablating %s', (id, model) => {
  const setup = { ...defaultSetup(), model: id, settings: presetSettings(id, 'browser') };

  it('plans only valid set-ups, each different from the run itself', () => {
    const schema = settingsSchema(model.fields);
    for (const { changes } of plannedVariants(model, setup)) {
      const settings = { ...setup.settings, ...changes };
      expect(schema.safeParse(settings).success).toBe(true);
      expect(setupKey({ ...setup, settings })).not.toBe(setupKey(setup));
    }
  });

  it('plans no set-up twice', () => {
    const keys = plannedVariants(model, setup).map(({ changes }) =>
      setupKey({ ...setup, settings: { ...setup.settings, ...changes } }),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('runs everything once a seed', () => {
    const variants = plannedVariants(model, setup);
    const runs = ablationRuns(model, setup, variants, 3);
    expect(runs).toHaveLength(3 * (variants.length + 1));
    expect(new Set(runs.map((run) => run.setup.seed))).toEqual(new Set([1, 2, 3]));
  });
});
