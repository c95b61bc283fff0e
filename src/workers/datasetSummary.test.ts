import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowPage, summariseDataset } from './datasetSummary';
import { tinyDataset } from '../data/simulate/testing';
import { datasets } from '../data/testing';

describe('what the Data page shows of a dataset', () => {
  test('counts are what a plain loop counts', async () => {
    await fc.assert(
      fc.asyncProperty(datasets, async (make) => {
        const dataset = await make();
        const summary = summariseDataset(dataset, 'imported');
        const rows = Array.from({ length: dataset.rows }, (_, row) => row);
        const n = dataset.scenarios.length;
        dataset.scenarios.forEach((_, s) => {
          const mine = rows.filter((row) => dataset.scenario[row] === s);
          const told = summary.scenarios[s]!;
          expect(told.rows.train + told.rows.validation + told.rows.test).toBe(mine.length);
          expect(told.rows.test).toBe(mine.filter((row) => dataset.split[row] === 2).length);
          const { train, validation, test } = told.positives;
          expect(train + validation + test).toBe(mine.filter((row) => dataset.label[row] === 1).length);
          const people = new Set(mine.map((row) => dataset.columns[1]![row]!).filter((id) => id > 0));
          expect(told.users).toBe(people.size);
          for (let t = 0; t < n; t++) {
            const others = new Set(
              rows.filter((row) => dataset.scenario[row] === t).map((row) => dataset.columns[1]![row]!),
            );
            const both = [...people].filter((id) => others.has(id)).length;
            const share = people.size > 0 ? Math.fround(both / people.size) : 0;
            expect(summary.userOverlap![s * n + t]).toBe(share);
          }
        });
        summary.fields.forEach((field, f) => {
          expect(field.used).toBe(new Set(dataset.columns[f]).size);
          const others = rows.filter((row) => dataset.columns[f]![row] === 0).length;
          expect(field.otherShare).toBeCloseTo(others / dataset.rows, 12);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('a page of rows shows labels, and stops at the last row', async () => {
    const dataset = await tinyDataset();
    const { columns, rows, offset, total } = rowPage(dataset, dataset.rows - 3, 10);
    expect([rows.length, offset, total]).toEqual([3, dataset.rows - 3, dataset.rows]);
    for (const row of rows) expect(row.length).toBe(columns.length);
    expect(['A', 'B', 'C', 'D']).toContain(rows[0]![0]);
    expect(rows[0]![columns.indexOf('gender')]).toMatch(/male/);
  });
});
