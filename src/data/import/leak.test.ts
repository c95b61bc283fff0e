import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldEvidence, groupAuc, leakAuc } from './leak';
import type { TextColumn } from './table';

function column(cells: readonly (string | number)[]): TextColumn {
  const values = [...new Set(cells.map(String))];
  const place = new Map(values.map((value, code) => [value, code]));
  return { name: 'x', values, codes: Int32Array.from(cells, (cell) => place.get(String(cell))!) };
}
const all = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
/** A fixed sequence of 0…1 that knows nothing of anything. */
const noise = (i: number, salt = 0): number => {
  let h = Math.imul(i + 1 + salt * 7919, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return ((h ^ (h >>> 13)) >>> 0) / 2 ** 32;
};

describe('AUC of grouped scores', () => {
  it('is the share of pairs that are ranked right, ties counted half', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), { maxLength: 30 }),
        (rows) => {
          const positives = rows.filter(([, label]) => label);
          const negatives = rows.filter(([, label]) => !label);
          let wins = 0;
          for (const [p] of positives) for (const [n] of negatives) wins += p > n ? 1 : p === n ? 0.5 : 0;
          const pairs = positives.length * negatives.length;
          const auc = groupAuc(
            rows.map(([score]) => score),
            rows.map(([, label]) => (label ? 1 : 0)),
            rows.map(([, label]) => (label ? 0 : 1)),
          );
          if (pairs === 0) expect(auc).toBeNull();
          else expect(auc).toBeCloseTo(wins / pairs, 12);
        },
      ),
    );
  });
});

describe('evidence of one column', () => {
  const n = 2000;
  const label = Uint8Array.from({ length: n }, (_, i) => (noise(i) < 0.1 ? 1 : 0));

  it('an id that never comes again says nothing, whatever its label', () => {
    const { auc, certain } = fieldEvidence(
      column(Array.from({ length: n }, (_, i) => `u${i}`)),
      false,
      label,
      all(n),
    );
    expect(auc).toBeGreaterThan(0.47);
    expect(auc).toBeLessThan(0.53);
    expect(certain).toBe(false);
  });

  it('an id that comes twice with opposite labels says nothing', () => {
    const halves = Uint8Array.from({ length: n }, (_, i) => i % 2);
    const { auc } = fieldEvidence(
      column(Array.from({ length: n }, (_, i) => `u${i >> 1}`)),
      false,
      halves,
      all(n),
    );
    expect(auc).toBeLessThanOrEqual(0.5);
  });

  it.each([
    ['rising', (i: number) => (label[i] === 1 ? 5000 : 1000) + noise(i, 1) * 3000],
    ['falling', (i: number) => (label[i] === 1 ? 1000 : 5000) + noise(i, 1) * 3000],
    ['high or low', (i: number) => (label[i] === 1 ? (i % 2) * 9000 : 4000) + noise(i, 1) * 500],
  ])('a number that is %s with the label gives it away', (_, value) => {
    const { auc, certain } = fieldEvidence(
      column(Array.from({ length: n }, (_, i) => value(i))),
      true,
      label,
      all(n),
    );
    expect(auc).toBeGreaterThan(leakAuc);
    expect(certain).toBe(true);
  });

  it('a word that goes with the label gives it away', () => {
    const words = Array.from(
      { length: n },
      (_, i) => (label[i] === 1 ? ['paid', 'sent'] : ['open', 'new', 'idle'])[i % 2]!,
    );
    const { auc } = fieldEvidence(column(words), false, label, all(n));
    expect(auc).toBe(1);
  });

  it('a number that is only there for positives gives the label away', () => {
    const { auc } = fieldEvidence(
      column(Array.from({ length: n }, (_, i) => (label[i] === 1 ? i : ''))),
      true,
      label,
      all(n),
    );
    expect(auc).toBeGreaterThan(leakAuc);
  });

  it('a strong but honest feature is no leak', () => {
    const cells = Array.from({ length: n }, (_, i) =>
      noise(i, 3) < 0.7 ? label[i]! : noise(i, 4) < 0.5 ? 0 : 1,
    );
    const { auc } = fieldEvidence(column(cells), true, label, all(n));
    expect(auc).toBeGreaterThan(0.7);
    expect(auc).toBeLessThan(leakAuc);
  });

  it('looks at the rows it is given only', () => {
    const cells = Array.from({ length: n }, (_, i) => (i < n / 2 ? Math.floor(noise(i, 5) * 10) : label[i]!));
    expect(fieldEvidence(column(cells), true, label, all(n / 2)).auc).toBeLessThan(0.65);
  });

  it('a perfect order over three positives may be chance, and is not certain', () => {
    const few = Uint8Array.from({ length: 12 }, (_, i) => (i >= 10 ? 1 : 0));
    const { auc, certain } = fieldEvidence(
      column(Array.from({ length: 12 }, (_, i) => i)),
      true,
      few,
      all(12),
    );
    expect(auc).toBe(1);
    expect(certain).toBe(false);
  });

  it('a flag that is 1 in positives only, though rarely, is an outcome of the click', () => {
    const flag = (share: number): (string | number)[] =>
      Array.from({ length: n }, (_, i) => (label[i] === 1 && noise(i, 6) < share ? 1 : 0));
    const found = fieldEvidence(column(flag(0.2)), true, label, all(n));
    expect(found.outcome).toBe(true);
    expect(found.auc).toBeLessThan(leakAuc);
    const honest = Array.from({ length: n }, (_, i) => (noise(i, 8) < 0.1 ? 1 : 0));
    expect(fieldEvidence(column(honest), true, label, all(n)).outcome).toBe(false);
  });

  it('without both classes nothing is said', () => {
    expect(fieldEvidence(column([1, 2, 3]), true, [1, 1, 1], all(3)).auc).toBeNull();
  });
});
