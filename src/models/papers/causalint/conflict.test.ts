/** What must hold of the conflict between scenarios (Eq 12, 13) and of the draw among many. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward, quietMode } from '../../../../tests/support/probe';
import { tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { createMode, gramSchmidt, openBackend } from '../../../engine';
import { conflictLoss, createComparedScenarios, SAMPLED_SCENARIOS } from './conflict';
import { build, moved, numbers, termOf } from './testing';

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

  it('unit gradients give a loss that does not know their length; raw ones its square', () => {
    tf.tidy(() => {
      const g = tf.randomNormal<tf.Rank.R2>([4, 6], 0, 1, 'float32', 5);
      const loss = (norm: 'raw' | 'unit', factor: number): number =>
        numbers(conflictLoss(tf.mul<tf.Tensor2D>(g, factor), norm, null))[0]!;
      expect(loss('unit', 9)).toBeCloseTo(loss('unit', 1), 4);
      expect(loss('raw', 9) / loss('raw', 1)).toBeCloseTo(81, 3);
    });
  });

  describe('with more than ten scenarios', () => {
    const many = tinyShape(30, 13);

    it('a step draws eight different scenarios, other ones the next time, all of them in time', () => {
      const sampler = createComparedScenarios(13)!;
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
      const model = build({ orthNorm: 'unit' }, many);
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
    expect(createComparedScenarios(10)).toBeNull();
  });
});
