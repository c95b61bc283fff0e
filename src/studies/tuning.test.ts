import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { models } from '../models/registry';
import { presetSettings } from '../training/setup';
import { trainingFields } from '../training/settings';
import { bestDraw, TUNING_DRAWS, tuningDraws } from './tuning';

describe('a tuning budget', () => {
  it('is eight draws for every model, the first the row as it comes, rate and L2 the same for all', () => {
    const mix = tuningDraws('mix', 1);
    expect(mix).toHaveLength(8);
    expect(mix[0]).toEqual({ settings: {}, training: {} });
    for (const { id } of models) {
      const draws = tuningDraws(id, 1);
      expect(draws).toHaveLength(TUNING_DRAWS);
      expect(draws.map(({ training }) => training)).toEqual(mix.map(({ training }) => training));
      const dropouts = draws.map(({ settings }) => settings.dropout);
      if (dropouts[1] !== undefined) expect(dropouts).toEqual(mix.map(({ settings }) => settings.dropout));
    }
    expect(new Set(mix.slice(1).map(({ training }) => training.learningRate)).size).toBeGreaterThan(4);
  });

  it('holds settings that every model can be trained with, at any seed', () => {
    const { learningRate: rate, l2 } = trainingFields;
    fc.assert(
      fc.property(fc.constantFrom(...models), fc.nat(1000), (definition, seed) => {
        const draws = tuningDraws(definition.id, seed);
        expect(draws).toEqual(tuningDraws(definition.id, seed));
        for (const { settings, training } of draws) {
          definition.parse({ ...presetSettings(definition.id, 'comparable'), ...settings });
          const { learningRate = rate.default, l2: given = l2.default } = training;
          expect(learningRate).toBeGreaterThanOrEqual(3e-4);
          expect(learningRate).toBeLessThanOrEqual(1e-2);
          expect(given).toBeGreaterThanOrEqual(1e-7);
          expect(given).toBeLessThanOrEqual(1e-3);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('searches OptMSM’s λ and M-scan’s α, but never what a row is about', () => {
    const values = (model: string, name: string, fixed = {}) =>
      new Set(tuningDraws(model, 3, fixed, 40).map(({ settings }) => settings[name]));
    expect(values('optmsm', 'lambdaOrth').size).toBeGreaterThan(3);
    expect(values('mscan', 'alpha').size).toBeGreaterThan(3);
    expect(values('optmsm', 'lambdaOrth', { lambdaOrth: 0 })).toEqual(new Set([undefined]));
    expect(values('mix', 'dropout', { dropout: 0.5 })).toEqual(new Set([undefined]));
  });

  it('chooses the least log loss, the first of equals, and nothing where none is defined', () => {
    expect(bestDraw([0.4, 0.3, 0.3, null])).toBe(1);
    expect(bestDraw([0.3, 0.3])).toBe(0);
    expect(bestDraw([null, 0.5])).toBe(1);
    expect(bestDraw([null, null])).toBeNull();
    expect(bestDraw([])).toBeNull();
  });

  it('must be a whole number of draws of a known model', () => {
    expect(() => tuningDraws('mix', 1, {}, 0)).toThrow('whole number above 0');
    expect(() => tuningDraws('nobody', 1)).toThrow('nobody');
  });
});
