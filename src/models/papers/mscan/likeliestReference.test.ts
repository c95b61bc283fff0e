import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normals, uniforms } from '../../../../tests/support/tinyData';
import { reachOf } from './debiasedScores';
import { likeliestReference } from './likeliestReference';
import { bestReference } from './tuneReference';

/** Rows whose clicks come from `σ(offset + gate (match − c))`. */
function drawn(rows: number, c: number, seed: number) {
  const normal = normals(seed);
  const uniform = uniforms(seed + 1000);
  const match = Float32Array.from({ length: rows }, () => -1 + 2 * normal());
  const gate = Float32Array.from({ length: rows }, () => 0.1 + 0.8 * uniform());
  const label = match.map((m, row) => (uniform() < 1 / (1 + Math.exp(1 - gate[row]! * (m - c))) ? 1 : 0));
  return { match, gate, label, weight: new Float32Array(rows).fill(1) };
}

type Rows = ReturnType<typeof drawn>;

/** AUC by counting pairs. */
function aucOf({ label }: Rows): (score: Float32Array) => number {
  return (score) => {
    let won = 0;
    let pairs = 0;
    for (let i = 0; i < label.length; i++) {
      for (let j = 0; j < label.length; j++) {
        if (label[i] !== 1 || label[j] !== 0) continue;
        pairs++;
        won += score[i]! > score[j]! ? 1 : score[i] === score[j] ? 0.5 : 0;
      }
    }
    return won / pairs;
  };
}

describe('the likeliest counterfactual reference', () => {
  it.each([-1.5, 1, 1.8])('finds c = %d, from which clicks were drawn', (c) => {
    const rows = drawn(40_000, c, 3);
    expect(likeliestReference(rows).c).toBeCloseTo(c, 0);
    expect(Math.abs(likeliestReference(rows).c - c)).toBeLessThan(0.3);
  });

  it('stays at 0 where the trained logit is right, but for one sample in twenty; the best of 21 AUCs does not', () => {
    const samples = Array.from({ length: 20 }, (_, seed) => drawn(300, 0, 10 * seed + 1));
    const byLoss = samples.map((rows) => likeliestReference(rows).c);
    const byAuc = samples.map((rows) => bestReference(rows.match, rows.gate, aucOf(rows)).c);
    expect(byLoss.filter((c) => c !== 0).length).toBeLessThan(4);
    expect(byAuc.filter((c) => c !== 0).length).toBeGreaterThan(12);
  });

  it('weighs rows: those of weight 0 do not count', () => {
    const [kept, other] = [drawn(4000, 1.5, 5), drawn(4000, -1.5, 6)];
    const both = (a: Float32Array, b: Float32Array) => Float32Array.from([...a, ...b]);
    const mixed = {
      match: both(kept.match, other.match),
      gate: both(kept.gate, other.gate),
      label: both(kept.label, other.label),
      weight: both(
        kept.weight,
        other.weight.map(() => 0),
      ),
    };
    const alone = { ...kept };
    const reach = reachOf(kept.match);
    expect(Math.abs(likeliestReference(mixed).c - likeliestReference(alone).c)).toBeLessThan(0.05 * reach);
    expect(likeliestReference({ ...mixed, weight: mixed.weight.map((w) => 1 - w) }).c).toBeLessThan(0);
  });

  it('is a number within reach, its scores finite, whatever the rows are', () => {
    const row = fc.record({
      match: fc.float({ min: -50, max: 50, noNaN: true }),
      gate: fc.float({ min: Math.fround(0.01), max: Math.fround(0.99), noNaN: true }),
      label: fc.constantFrom(0, 1),
      weight: fc.float({ min: Math.fround(0.1), max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const match = Float32Array.from(rows, (one) => one.match);
        const { c, score } = likeliestReference({
          match,
          gate: Float32Array.from(rows, (one) => one.gate),
          label: Float32Array.from(rows, (one) => one.label),
          weight: Float32Array.from(rows, (one) => one.weight),
        });
        expect(Math.abs(c)).toBeLessThanOrEqual(reachOf(match));
        expect(score.every(Number.isFinite)).toBe(true);
        if (rows.every(({ label }) => label === 1)) expect(c).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
