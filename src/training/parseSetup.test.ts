import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { models } from '../models/registry';
import { parseSetup } from './parseSetup';
import { defaultSetup, presetSettings } from './setup';
import type { ParsedSetup } from './parseSetup';
import type { RunOptions } from './run';
import type { RunSetup } from './runRecord';

const start = defaultSetup();

describe('a parsed set-up', () => {
  it('has every setting: what is missing takes its default', () => {
    for (const { id } of models) {
      const parsed = parseSetup({ ...start, model: id, settings: {}, training: {} as RunSetup['training'] });
      expect(parsed.training).toEqual(start.training);
      expect(Object.keys(parsed.settings).sort()).toEqual(Object.keys(presetSettings(id, 'tiny')).sort());
    }
  });

  it('stays what it is when it is parsed again', () => {
    const model = fc.constantFrom(...models.map(({ id }) => id));
    const preset = fc.constantFrom('paper' as const, 'browser' as const, 'tiny' as const);
    fc.assert(
      fc.property(model, preset, fc.nat(), (id, name, seed) => {
        const parsed = parseSetup({ ...start, model: id, settings: presetSettings(id, name), seed });
        expect(parseSetup(parsed)).toEqual(parsed);
      }),
    );
  });

  it.each<[string, Partial<Record<keyof RunSetup, unknown>>, RegExp]>([
    ['an unknown model', { model: 'atlantis' }, /^There is no model "atlantis"/],
    ['an unknown setting', { settings: { wings: 2 } }, /^There is no setting "wings"; there are /],
    [
      'a setting out of range',
      { settings: { embeddingDim: -1 } },
      /^Setting "embeddingDim" cannot be -1; it must be/,
    ],
    [
      'training out of range',
      { training: { steps: 0 } },
      /^Setting "steps" cannot be 0; it must be a whole number/,
    ],
    ['a seed that is no whole number', { seed: 1.5 }, /^The seed must be a whole number\.$/],
    ['no dataset', { dataset: '' }, /^The dataset must be named by its id\.$/],
    ['an unknown backend', { backend: 'abacus' }, /^There is no backend "abacus"; known: auto, /],
  ])('is not made of %s: one sentence says why', (_, patch, sentence) => {
    const given = { ...start, ...patch } as RunSetup;
    expect(() => parseSetup(given)).toThrow(sentence);
    expect(() => parseSetup(given)).toThrow(/^[^\n]+\.$/);
  });

  it('is a type of its own, which a changed copy does not have', () => {
    expectTypeOf<ParsedSetup>().toExtend<RunSetup>();
    expectTypeOf<RunSetup>().not.toExtend<ParsedSetup>();
    const changed = { ...start, seed: 2 };
    expectTypeOf(changed).toExtend<RunSetup>();
    expectTypeOf(changed).not.toExtend<ParsedSetup>();
    expectTypeOf<RunOptions['setup']>().toEqualTypeOf<ParsedSetup>();
  });
});
