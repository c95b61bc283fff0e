import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, it } from 'vitest';
import { tableToCsv, tableToJson } from './tables';

it('CSV of any text comes back as it was', () => {
  // Texts that a spreadsheet would run do not come back as they were: see src/data/csv.test.ts.
  const cell = fc.string().filter((text) => text.trim() === text && text !== '' && !/^[=+\-@]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const parsed = Papa.parse<string[]>(tableToCsv({ columns: ['a', 'b'], rows }), {
        skipEmptyLines: true,
        newline: '\r\n',
        delimiter: ',',
      });
      expect(parsed.data).toEqual([['a', 'b'], ...rows]);
    }),
  );
});

it('an undefined number is empty in CSV and null in JSON', () => {
  const table = { columns: ['scenario', 'auc'], rows: [['a', null]] } as const;
  expect(tableToCsv(table)).toBe('scenario,auc\r\na,\r\n');
  expect(JSON.parse(tableToJson('t', table))).toEqual({ title: 't', rows: [{ scenario: 'a', auc: null }] });
});

it('columns of one name are all in JSON', () => {
  const table = { columns: ['step', 'a', 'a'], rows: [[1, 0.5, 0.25]] } as const;
  expect(JSON.parse(tableToJson('t', table))).toEqual({
    title: 't',
    rows: [{ step: 1, a: 0.5, 'a (2)': 0.25 }],
  });
});
