import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyPlan, planRows } from '.';
import { createCounter } from './counting';

const counter = createCounter();

/** A large table's ids are sorted, a small one's counted. */
const WAYS = {
  sorted: { vocabulary: 4000, counter },
  'counted in WebAssembly': { vocabulary: 20, counter },
  'counted in loops': { vocabulary: 20, counter: null },
} as const;

it('counts in WebAssembly where there is any', () => {
  expect(counter).not.toBeNull();
});

it.each(Object.entries(WAYS))(
  '%s, a plan lists every id that is not padding once, by row, in order',
  (_, { vocabulary, counter: given }) => {
    const lists = fc.array(fc.integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lists, fc.boolean(), (list, used) => {
        const ids = Int32Array.from(list);
        const into = emptyPlan(ids.length, vocabulary);
        // What another batch left there.
        if (used) for (const array of Object.values(into)) array.fill(77);
        const { unique, rows, order, starts } = planRows(ids, vocabulary, into, given);
        const segments = Math.min(ids.length, vocabulary);
        expect([rows.length, order.length, starts.length]).toEqual([segments, ids.length, segments + 1]);
        const expected = [...new Set(list.filter((id) => id !== 0))].sort((a, b) => a - b);
        expect([...rows]).toEqual([...expected, ...new Array<number>(segments - unique).fill(0)]);
        expected.forEach((row, s) => {
          const places = [...order.slice(starts[s], starts[s + 1])];
          expect(places).toEqual(list.flatMap((id, at) => (id === row ? [at] : [])));
        });
        const count = list.filter((id) => id !== 0).length;
        expect([...starts.slice(unique)]).toEqual(new Array<number>(segments + 1 - unique).fill(count));
        expect([...order.slice(count)]).toEqual(new Array<number>(ids.length - count).fill(0));
      }),
    );
  },
);

it.each(Object.entries(WAYS))(
  '%s, an id outside the table is named, and the next batch planned',
  (_, way) => {
    const { vocabulary, counter: given } = way;
    const plan = (...ids: number[]) => planRows(Int32Array.from(ids), vocabulary, undefined, given);
    expect(() => plan(1, 9000)).toThrow(`Id 9000 is outside the table's ${vocabulary} rows`);
    expect(() => plan(-1, 3)).toThrow('Id -1');
    expect(plan(3, 3)).toMatchObject({
      unique: 1,
      rows: Int32Array.of(3, 0),
      starts: Int32Array.of(0, 2, 2),
    });
  },
);

it('sorts ids of several digits', () => {
  const vocabulary = 5_000_000;
  const id = fc.oneof(fc.constantFrom(0, 1, 2047, 2048, 2049, 4_194_304, 4_999_999), fc.nat(vocabulary - 1));
  fc.assert(
    fc.property(fc.array(id, { minLength: 1, maxLength: 60 }), (list) => {
      const { unique, rows, order, starts } = planRows(Int32Array.from(list), vocabulary);
      const expected = [...new Set(list.filter((each) => each !== 0))].sort((a, b) => a - b);
      expect([...rows.slice(0, unique)]).toEqual(expected);
      expected.forEach((row, s) => {
        const places = [...order.slice(starts[s], starts[s + 1])];
        expect(places).toEqual(list.flatMap((each, at) => (each === row ? [at] : [])));
      });
    }),
  );
});
