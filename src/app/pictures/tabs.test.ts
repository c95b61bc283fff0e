// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyShape } from '../../../tests/support/tinyData';
import { createVariables, openBackend } from '../../engine';
import { models } from '../../models/registry';
import { presetSettings } from '../../training/setup';
import { pictures } from '.';
import { tabContents } from './contents';
import { fillers, fills, namesOf, tabIds } from './tabs';

beforeAll(async () => {
  await openBackend('cpu');
});

describe('tabs', () => {
  it('say who fills them in words', () => {
    expect(namesOf(fillers('masks'))).toBe('AREAD or AdaSparse');
    expect(namesOf(fillers('counterfactual'))).toBe('CausalInt or M-scan');
  });

  it.each(models.map((model) => [model.id, model] as const))(
    'of %s are those of the pictures that it has when it is built',
    (id, model) => {
      const built = model.configure(presetSettings(id, 'tiny')).build(tinyShape(), createVariables(1));
      const { probes } = built;
      built.dispose();
      const contents = tabContents(pictures, { probes, model });
      expect(tabIds.filter((tab) => fills(model, tab))).toEqual(contents.map(({ tab }) => tab));
    },
  );
});
