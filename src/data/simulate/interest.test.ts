import { describe, expect, it } from 'vitest';
import { interestProbabilities } from './counterfactual';
import { worldOfDataset } from './settings';
import { TINY, tinyDataset } from './testing';
import type { Dataset } from '../dataset';
import type { Twin } from './spec';

const allRows = ({ rows }: Dataset): number[] => Array.from({ length: rows }, (_, row) => row);
const withSignals: Twin = { ...TINY, signals: { specific: 4, common: 1 } };
/** Nothing moves a click but interest. */
const INTEREST_ONLY = { directEffect: 0, positionBias: 0, conformity: 0, promotionLift: 0 };

describe('the click probability by interest alone', () => {
  it.each([
    ['interests that conflict', { conflict: 0.6, interestShift: 1 }, TINY],
    ['promotions that lift nothing', { intervention: 0.8 }, TINY],
    ['signals', { specificFields: 0.7 }, withSignals],
  ] as const)(
    'is the true one to the last bit where nothing else moves clicks: %s',
    async (_, knobs, twin) => {
      const dataset = await tinyDataset({ ...INTEREST_ONLY, ...knobs }, 1, twin);
      expect(interestProbabilities(dataset, allRows(dataset))).toEqual(dataset.truth!.probability);
    },
  );

  it('is σ(a + γM) where places, promotions and popularity move clicks', async () => {
    const dataset = await tinyDataset({ directEffect: 0.8, conformity: 1.5, promotionLift: 2 });
    const { world, intercepts } = worldOfDataset(dataset.source);
    const interest = interestProbabilities(dataset, allRows(dataset))!;
    const { match, probability } = dataset.truth!;
    let differing = 0;
    interest.forEach((value, row) => {
      const logit = intercepts[dataset.scenario[row]!]! + world.knobs.matchStrength * match[row]!;
      expect(value).toBeCloseTo(1 / (1 + Math.exp(-logit)), 3);
      if (value !== probability[row]) differing++;
    });
    expect(differing).toBeGreaterThan(0.9 * dataset.rows);
  });

  it('is not known of data whose world cannot be made again', async () => {
    const dataset = await tinyDataset();
    const imported = { ...dataset, source: { kind: 'imported', file: 'a.csv', note: '' } } as const;
    expect(interestProbabilities(imported, [0])).toBeNull();
    const { source } = dataset;
    if (source.kind !== 'simulated') throw new Error('The tiny world is simulated.');
    expect(interestProbabilities({ ...dataset, source: { ...source, settings: {} } }, [0])).toBeNull();
  });
});
