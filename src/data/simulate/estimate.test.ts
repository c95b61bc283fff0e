import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDataset } from '../format';
import { estimateWorld, knobEffect, LEAST_ROWS } from './estimate';
import { fidelityOf } from './fidelity';
import { KNOBS } from './knobs';
import { findTwin } from './twins';

const samples = new URL('../../../public/samples/', import.meta.url);
const sample = (id: string) =>
  readDataset(
    new Uint8Array(readFileSync(new URL(`${id}.parquet`, samples))),
    JSON.parse(readFileSync(new URL(`${id}.json`, samples), 'utf8')) as unknown,
  );

describe('an estimate of a world', () => {
  it.each(['aliccp-3', 'conflict-4', 'places-4'])(
    'of %s is near what the simulator makes of it',
    async (id) => {
      const estimate = estimateWorld({ twin: id, seed: 1, knobs: {} });
      const dataset = await sample(id);
      // Four thousand rows against a hundred thousand: what is left is the chance of the few.
      expect(Math.abs(estimate.ceiling - fidelityOf(dataset).ceiling)).toBeLessThan(0.025);
      estimate.scenarios.forEach((scenario, s) => {
        expect(scenario.id).toBe(dataset.scenarios[s]!.id);
        expect(scenario.clickRate / dataset.scenarios[s]!.clickRate).toBeCloseTo(1, 2);
      });
      const n = dataset.scenarios.length;
      let related = 0;
      for (let s = 0; s < n; s++)
        for (let t = 0; t < n; t++) if (s !== t) related += dataset.relatedness![s * n + t]!;
      expect(estimate.relatedness).toBeCloseTo(related / (n * (n - 1)), 6);
    },
  );

  const of = (knobs: Readonly<Record<string, number>>) => estimateWorld({ twin: 'places-4', seed: 1, knobs });

  it('has the ceiling of chance where nothing decides a click', () => {
    const none = of({ matchStrength: 0, directEffect: 0, positionBias: 0, conformity: 0, promotionLift: 0 });
    for (const { ceiling } of none.scenarios) expect(ceiling).toBeCloseTo(0.5, 9);
    expect(of({}).ceiling).toBeGreaterThan(0.6);
  });

  it('has nobody in two scenarios, no relation and one rate where the knobs say so', () => {
    const apart = of({ userOverlap: 0 });
    expect(apart.shared).toBeLessThan(0.02); // but for the few that a scenario without visitors is given
    expect(of({}).shared).toBeGreaterThan(apart.shared + 0.2);
    expect(of({ conflict: 1 }).relatedness).toBeCloseTo(0, 6);
    expect(
      of({
        baseRate: 0,
        matchStrength: 0,
        directEffect: 0,
        positionBias: 0,
        conformity: 0,
        promotionLift: 0,
      }).rateSpread,
    ).toBeLessThan(1e-3);
  });

  it('says no ceiling of a scenario from few rows', () => {
    const { scenarios } = estimateWorld({ twin: 'aliccp-30', seed: 1, knobs: {} });
    expect(LEAST_ROWS).toBeGreaterThan(20);
    expect(scenarios).toHaveLength(30);
    expect(scenarios.some(({ ceiling }) => ceiling === null)).toBe(true);
  });

  it('repeats to the bit, and refuses what no world can be', () => {
    expect(of({ conflict: 0.5 })).toEqual(of({ conflict: 0.5 }));
    expect(() => of({ conflict: 2 })).toThrow(/Knob conflict is 2; choose a value from 0 to 1/);
    expect(() => of({ none: 1 })).toThrow(/no knob “none”/);
  });
});

describe('what a knob does over its range', () => {
  it('stays within its bounds at the greatest value of every knob', () => {
    for (const { name, max } of KNOBS) {
      const estimate = estimateWorld({ twin: 'promotion-6', seed: 1, knobs: { [name]: max } });
      expect(estimate.ceiling, name).toBeGreaterThanOrEqual(0.5);
      expect(estimate.ceiling, name).toBeLessThanOrEqual(1);
      expect(estimate.shared, name).toBeGreaterThanOrEqual(0);
      expect(estimate.shared, name).toBeLessThanOrEqual(1);
      expect(estimate.rateSpread, name).toBeGreaterThanOrEqual(0);
      expect(Math.abs(estimate.relatedness), name).toBeLessThanOrEqual(1 + 1e-6);
    }
  });

  it('is the estimate itself at each value', () => {
    const { values, estimates } = knobEffect({ twin: 'conflict-4', seed: 2, knobs: {} }, 'conflict');
    values.forEach((conflict, k) => {
      expect(estimates[k]).toEqual(estimateWorld({ twin: 'conflict-4', seed: 2, knobs: { conflict } }));
    });
    expect(values).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it('has a gap where places are noticed too seldom for the published rate', () => {
    const often = findTwin('amazon-25');
    expect(Math.max(...often.scenarios.map(({ clickRate }) => clickRate))).toBeGreaterThan(0.4);
    const { estimates } = knobEffect(
      { twin: 'amazon-25', seed: 1, knobs: { positionBias: 1 } },
      'directEffect',
    );
    expect(estimates[0]).not.toBeNull();
    expect(estimates.at(-1)).toBeNull();
  });
});
