import { beforeAll, describe, expect, it } from 'vitest';
import { tinyShape } from '../../../../tests/support/tinyData';
import { createVariables, openBackend } from '../../../engine';
import { models } from '../../../models/registry';
import { presetSettings } from '../../../training/setup';
import { tabIds } from '../../store/setup';
import { fillers, TABS } from './tabs';

beforeAll(async () => {
  await openBackend('cpu');
});

describe('tabs', () => {
  it('are those that an address can name, in the same order', () => {
    expect(TABS.map(({ id }) => id)).toEqual([...tabIds]);
  });

  it('say who fills them in words', () => {
    expect(fillers(TABS.find(({ id }) => id === 'masks')!)).toBe('AREAD');
    expect(fillers(TABS.find(({ id }) => id === 'counterfactual')!)).toBe('CausalInt or M-scan');
  });

  it.each(models.map((model) => [model.id, model] as const))(
    'of %s are those of the pictures that it has when it is built',
    (id, model) => {
      const built = model.build(tinyShape(), presetSettings(id, 'tiny'), createVariables(1));
      const has = new Set(built.probes.map(({ topic }) => topic));
      built.dispose();
      if (model.graph) has.add('graph');
      // A topic without a tab would be computed and never shown.
      expect(tabIds).toEqual(expect.arrayContaining([...has]));
      expect(TABS.flatMap((tab) => (tab.models.includes(id) ? [tab.id] : []))).toEqual(
        tabIds.filter((tab) => has.has(tab)),
      );
    },
  );
});
