import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aucStandardError } from './scenarioRows';

it('the standard error of an AUC is Hanley and McNeil’s', () => {
  // Their example, 0.893 on 51 abnormal and 58 normal cases, has 0.032 with Q1 and Q2 counted; Eq 2 approximates those.
  expect(Math.abs(aucStandardError(0.893, 51, 58)! - 0.032)).toBeLessThan(0.001);
  expect(aucStandardError(null, 5, 5)).toBeNull();
  expect(aucStandardError(0.7, 0, 5)).toBeNull();
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1e5 }), (auc, n) => {
      const error = aucStandardError(auc, n, n)!;
      expect(error).toBeGreaterThanOrEqual(0);
      expect(error).toBeLessThanOrEqual(0.51);
    }),
  );
});
