import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { gramSchmidt, gramSchmidtDistance, openBackend, type BackendName } from '../..';

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 9, max: 20 }))
  .chain(([n, m]) =>
    fc
      .array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n * m, maxLength: n * m })
      .map((values) => ({ n, m, values })),
  );

describe.each<BackendName>(['cpu', 'wasm'])('Gram–Schmidt on %s', (backend) => {
  beforeAll(async () => {
    await openBackend(backend);
  });

  it('gives rows that are orthogonal, made of the rows before, and no longer than the rows given', () => {
    fc.assert(
      fc.property(matrices, ({ n, m, values }) => {
        tf.tidy(() => {
          const g = tf.tensor2d(values, [n, m]);
          const { basis, coefficients } = gramSchmidt(g);
          const inner = tf.matMul(basis, basis, false, true).arraySync() as number[][];
          const lengths = tf.sum(tf.square(g), 1).arraySync() as number[];
          // A row that all but vanished is rounding, and rounding has any direction: what is projected on it afterwards gets some of it,
          // along the rows before it too. `[0, …, −1.3e-5]`, `[0, …, −0.8]` and a third row showed it.
          const vanished = (k: number): boolean => lengths[k]! > 0 && inner[k]![k]! <= 1e-3 * lengths[k]!;
          for (let i = 0; i < n; i++) {
            expect(inner[i]![i]!).toBeLessThanOrEqual(lengths[i]! * 1.001 + 1e-6);
            let last = -1;
            for (let k = 0; k < i; k++) if (vanished(k)) last = k;
            for (let j = last + 1; j < i; j++) {
              const size = Math.sqrt(lengths[i]! * lengths[j]!);
              expect(Math.abs(inner[i]![j]!)).toBeLessThan(2e-3 * size + 1e-5);
            }
          }
          const lower = coefficients.arraySync();
          for (let i = 0; i < n; i++) {
            expect(lower[i]![i]).toBe(1);
            for (let j = i + 1; j < n; j++) expect(lower[i]![j]).toBe(0);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('passes a row of zeros by', () => {
    tf.tidy(() => {
      const g = tf.tensor2d([3, 0, 0, 0, 1, 2], [3, 2]);
      const { basis } = gramSchmidt(g);
      [3, 0, 0, 0, 0, 2].forEach((value, i) => expect(basis.dataSync()[i]).toBeCloseTo(value, 6));
      expect(gramSchmidtDistance(g).dataSync()[0]).toBeCloseTo(0.5, 6);
      expect(gramSchmidtDistance(g, 'l2').dataSync()[0]).toBeCloseTo(1, 5);
      const slope = tf
        .grad((x) => gramSchmidtDistance(x as tf.Tensor2D, 'l2'))(g)
        .dataSync();
      expect(slope.every(Number.isFinite)).toBe(true);
    });
  });

  it('measures lengths that grow as the rows do, squares as their squares', () => {
    tf.tidy(() => {
      const g = tf.randomNormal<tf.Rank.R2>([4, 6], 0, 1, 'float32', 3);
      const of = (factor: number, norm: 'squared' | 'l2'): number =>
        gramSchmidtDistance(tf.mul<tf.Tensor2D>(g, factor), norm).dataSync()[0]!;
      expect(of(9, 'l2') / of(1, 'l2')).toBeCloseTo(9, 3);
      expect(of(9, 'squared') / of(1, 'squared')).toBeCloseTo(81, 2);
    });
  });

  it.each(['squared', 'l2'] as const)('has the gradient that differences give, %s', (norm) => {
    const values = Array.from({ length: 24 }, (_, i) => Math.sin(3 * i + 1) + 0.1 * i);
    const at = (list: readonly number[]): number =>
      tf.tidy(() => gramSchmidtDistance(tf.tensor2d([...list], [4, 6]), norm).dataSync()[0]!);
    const gradient = tf.tidy(() =>
      Array.from(
        tf
          .grad((g) => gramSchmidtDistance(g as tf.Tensor2D, norm))(tf.tensor2d(values, [4, 6]))
          .dataSync(),
      ),
    );
    const largest = Math.max(...gradient.map(Math.abs));
    values.forEach((_, i) => {
      const step = (h: number): number => at(values.map((value, k) => (k === i ? value + h : value)));
      const difference = (step(1e-2) - step(-1e-2)) / 2e-2;
      expect(Math.abs(difference - gradient[i]!) / largest).toBeLessThan(5e-3);
    });
  });
});
