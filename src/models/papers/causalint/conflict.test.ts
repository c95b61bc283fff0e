/** What must hold of the conflict between scenarios (Eq 12, 13) and of the draw among many. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward, quietMode } from '../../../../tests/support/probe';
import { tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { createMode, gramSchmidt, openBackend } from '../../../engine';
import { conflictLoss, createComparedScenarios, SAMPLED_SCENARIOS } from './conflict';
import { build, moved, numbers, shape, termOf, trained } from './testing';

beforeAll(async () => {
  await openBackend('cpu');
});

describe('conflict between scenarios', () => {
  it('one scenario alone has nothing to be orthogonal to', () => {
    for (const orthNorm of ['raw', 'unit']) {
      const model = build({ orthNorm });
      expect(termOf(model, 'gramSchmidt')).toBeGreaterThan(0);
      expect(
        termOf(
          model,
          'gramSchmidt',
          moved(() => 1),
        ),
      ).toBe(0);
      model.dispose();
    }
  });

  it('the first gradient is its own basis vector, and basis vectors are orthogonal', () => {
    tf.tidy(() => {
      const g = tf.randomNormal<tf.Rank.R2>([5, 8], 0, 1, 'float32', 3);
      const { basis, coefficients } = gramSchmidt(g);
      expect(numbers(basis).slice(0, 8)).toEqual(numbers(g).slice(0, 8));
      const products = numbers(tf.matMul(basis, basis, false, true));
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < i; j++) expect(Math.abs(products[5 * i + j]!)).toBeLessThan(1e-4);
        expect(products[6 * i]!).toBeGreaterThan(0.1);
      }
      const rebuilt = numbers(tf.matMul(coefficients, g));
      numbers(basis).forEach((value, i) => expect(rebuilt[i]).toBeCloseTo(value, 4));
    });
  });

  it('unit gradients give a loss that does not know their length; raw ones their length, or its square', () => {
    tf.tidy(() => {
      const g = tf.randomNormal<tf.Rank.R2>([4, 6], 0, 1, 'float32', 5);
      const loss = (orthNorm: 'raw' | 'unit', orNorm: 'l2' | 'squared', factor: number): number =>
        numbers(conflictLoss(tf.mul<tf.Tensor2D>(g, factor), { orthNorm, orNorm }, null))[0]!;
      const grows = (orthNorm: 'raw' | 'unit', orNorm: 'l2' | 'squared') =>
        loss(orthNorm, orNorm, 9) / loss(orthNorm, orNorm, 1);
      expect(grows('unit', 'squared')).toBeCloseTo(1, 4);
      expect(grows('unit', 'l2')).toBeCloseTo(1, 4);
      expect(grows('raw', 'squared')).toBeCloseTo(81, 3);
      expect(grows('raw', 'l2')).toBeCloseTo(9, 3);
    });
  });

  it('pulls on small gradients as on large ones where it is a length, as Eq 13 prints, and not where it is squared', () => {
    tf.tidy(() => {
      const g = tf.randomNormal<tf.Rank.R2>([4, 6], 0, 0.01, 'float32', 5);
      const pull = (orNorm: 'l2' | 'squared', factor: number): number => {
        const loss = (x: tf.Tensor) => conflictLoss(x as tf.Tensor2D, { orthNorm: 'raw', orNorm }, null);
        return Math.hypot(...numbers(tf.grad(loss)(tf.mul(g, factor))));
      };
      expect(pull('l2', 0.1) / pull('l2', 1)).toBeCloseTo(1, 2);
      expect(pull('squared', 0.1) / pull('squared', 1)).toBeCloseTo(0.1, 3);
    });
  });

  describe('order of Gram–Schmidt', () => {
    const rows = { scenarios: 4, scenarioRows: [10, 500, 40, 40] };
    const orderOf = (order: 'traffic' | 'reversed' | 'random' | 'dataset', step = 1): number[] | null => {
      const compared = createComparedScenarios(rows, order);
      const found =
        compared && tf.tidy(() => [...tf.argMax(compared.draw(createMode('train', 3, step)), 1).dataSync()]);
      compared?.dispose();
      return found;
    };

    it('is by traffic either way, as the dataset lists them, or another one every step', () => {
      expect(orderOf('traffic')).toEqual([1, 2, 3, 0]);
      expect(orderOf('reversed')).toEqual([0, 3, 2, 1]);
      expect(orderOf('dataset')).toBeNull();
      const drawn = Array.from({ length: 12 }, (_, step) => orderOf('random', step + 1)!);
      for (const order of drawn) expect([...order].sort()).toEqual([0, 1, 2, 3]);
      expect(new Set(drawn.map((order) => order.join())).size).toBeGreaterThan(6);
    });

    it('decides whose gradient is kept whole, so the loss and its pull are others', () => {
      const of = (orOrder: string) => {
        const model = build({ orOrder, orthNorm: 'unit' }, { ...shape, scenarioRows: [1, 9, 4] });
        const found = trained(model, (_, terms) => terms.gramSchmidt!);
        model.dispose();
        return found;
      };
      expect(of('traffic')).not.toBeCloseTo(of('reversed'), 4);
      expect(of('dataset')).not.toBeCloseTo(of('traffic'), 4);
    });
  });

  describe('with more than ten scenarios', () => {
    const many = tinyShape(30, 13);

    it('a step draws eight different scenarios, other ones the next time, all of them in time', () => {
      const sampler = createComparedScenarios({ scenarios: 13, scenarioRows: [] }, 'traffic')!;
      const seen = new Set<number>();
      const draws: string[] = [];
      for (let step = 1; step <= 40; step++) {
        const rows = tf.tidy(() => numbers(sampler.draw(createMode('train', 3, step))));
        const picked: number[] = [];
        for (let k = 0; k < SAMPLED_SCENARIOS; k++) {
          const row = rows.slice(13 * k, 13 * (k + 1));
          expect(row.filter((value) => value === 1)).toHaveLength(1);
          expect(row.filter((value) => value === 0)).toHaveLength(12);
          picked.push(row.indexOf(1));
        }
        expect(new Set(picked).size).toBe(SAMPLED_SCENARIOS);
        picked.forEach((scenario) => seen.add(scenario));
        draws.push(picked.join());
      }
      sampler.dispose();
      expect(seen.size).toBe(13);
      expect(new Set(draws).size).toBeGreaterThan(35);
    });

    it('the sampled loss is no more than that of all', () => {
      const model = build({ orthNorm: 'unit', orNorm: 'squared' }, many);
      const rows = tinyBatch(many, {}, 3);
      const loss = tf.tidy(() => {
        const { losses } = forward(model, many, rows, quietMode('train'));
        return numbers(losses.terms.gramSchmidt!)[0]!;
      });
      model.dispose();
      expect(loss).toBeGreaterThan(0);
      // Eight unit vectors lose at most their length each, the first nothing.
      expect(loss).toBeLessThanOrEqual(0.5 * (SAMPLED_SCENARIOS - 1) + 1e-4);
    });
  });

  it('ten scenarios are compared without a draw', () => {
    expect(createComparedScenarios({ scenarios: 10, scenarioRows: [] }, 'traffic')).toBeNull();
  });
});
