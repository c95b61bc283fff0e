import { expect, it } from 'vitest';
import { exponentialsOf } from './exponentials';

const spelled = (logits: readonly number[], columns: number) => {
  const rows = Array.from({ length: logits.length / columns }, (_, b) =>
    logits.slice(b * columns, (b + 1) * columns),
  );
  const largest = rows.map((row) => Math.max(...row));
  const values = rows.map((row, b) => row.map((z) => Math.exp(z - largest[b]!)));
  return {
    largest,
    values: values.flat(),
    totals: values.map((row) => row.reduce((sum, value) => sum + value, 0)),
  };
};

it('exponentials are those of the logits that are given, whatever stood in the same memory before', () => {
  const memory = new Float32Array(6);
  for (const [logits, columns] of [
    [[1, 2, 3, -1, 0, 0.5], 3],
    [[1, 2, 3, -1, 0, 0.5], 2],
    [[1, 2, 3, -1, 0, 0.25], 2],
    [[4, 2, 3, -1, 0, 0.25], 2],
  ] as const) {
    memory.set(logits);
    for (const _ of ['computed', 'known']) {
      const { largest, values, totals } = exponentialsOf(memory, columns);
      const found = { largest: [...largest], values: [...values], totals: [...totals] };
      expect(found).toEqual(spelled([...logits], columns));
    }
  }
  memory.fill(Number.NaN);
  expect(exponentialsOf(memory, 2).totals.every(Number.isNaN)).toBe(true);
});
