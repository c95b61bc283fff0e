import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planRows } from './table';

it('a plan lists every id that is not padding once, by row, in order', () => {
  fc.assert(
    // A large table's ids are sorted, a small one's counted.
    fc.property(fc.array(fc.integer({ min: 0, max: 19 }), { maxLength: 60 }), fc.boolean(), (list, large) => {
      const ids = Int32Array.from(list);
      const { unique, rows, order, starts } = planRows(ids, large ? 4000 : 20);
      expect([rows.length, order.length, starts.length]).toEqual([ids.length, ids.length, ids.length + 1]);
      const expected = [...new Set(list.filter((id) => id !== 0))].sort((a, b) => a - b);
      expect([...rows.slice(0, unique)]).toEqual(expected);
      expected.forEach((row, s) => {
        const places = [...order.slice(starts[s], starts[s + 1])];
        expect(places).toEqual(list.flatMap((id, at) => (id === row ? [at] : [])));
      });
      expect(starts[ids.length]).toBe(list.filter((id) => id !== 0).length);
    }),
  );
});

it('an id outside the table is named', () => {
  expect(() => planRows(Int32Array.of(1, 25), 20)).toThrow(
    'Id 25 is outside the table’s 20 rows'.replace('’', "'"),
  );
  expect(() => planRows(Int32Array.of(-1), 20)).toThrow('Id -1');
});
