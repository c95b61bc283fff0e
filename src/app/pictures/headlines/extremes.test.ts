import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFINED, UNDEFINED } from '../../charts/heatDraw';
import { extremesOf } from './extremes';

it('finds what a look at every cell finds, the first of equals', () => {
  const matrix = fc.nat({ max: 5 }).chain((rows) =>
    fc.nat({ max: 5 }).chain((columns) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        values: fc.array(fc.constantFrom(-1, 0, 0.5, 1, 2), {
          minLength: rows * columns,
          maxLength: rows * columns,
        }),
        defined: fc.option(
          fc.array(fc.constantFrom(DEFINED, UNDEFINED), {
            minLength: rows * columns,
            maxLength: rows * columns,
          }),
          { nil: null },
        ),
      }),
    ),
  );
  fc.assert(
    fc.property(matrix, fc.boolean(), (data, offDiagonal) => {
      const cells = data.values
        .map((value, k) => ({ row: Math.floor(k / data.columns), column: k % data.columns, value, k }))
        .filter(({ k }) => data.defined?.[k] !== UNDEFINED)
        .filter(({ row, column }) => !offDiagonal || row !== column)
        .map(({ row, column, value }) => ({ row, column, value }));
      const found = extremesOf(data, offDiagonal);
      const all = cells.map(({ value }) => value);
      const expected = {
        count: cells.length,
        most: cells.find(({ value }) => value === Math.max(...all)),
        least: cells.find(({ value }) => value === Math.min(...all)),
        ones: all.filter((value) => value === 1).length,
        zeros: all.filter((value) => value === 0).length,
      };
      expect(found).toEqual(cells.length === 0 ? null : expected);
    }),
  );
});
