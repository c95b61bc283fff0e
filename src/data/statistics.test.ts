import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datasetStatistics, idField, rowsPage } from './statistics';
import { datasets } from './testing';
import { tinyDataset } from './simulate/testing';

describe('statistics of a dataset', () => {
  test('count what a plain loop counts', async () => {
    await fc.assert(
      fc.asyncProperty(datasets, async (make) => {
        const dataset = await make();
        const statistics = datasetStatistics(dataset);
        const rows = Array.from({ length: dataset.rows }, (_, row) => row);
        dataset.scenarios.forEach((_, s) => {
          const mine = rows.filter((row) => dataset.scenario[row] === s);
          const told = statistics.scenarios[s]!;
          expect(told.rows.train + told.rows.validation + told.rows.test).toBe(mine.length);
          expect(told.rows.test).toBe(mine.filter((row) => dataset.split[row] === 2).length);
          const clicks = mine.filter((row) => dataset.label[row] === 1).length;
          expect(told.clickRate).toBe(mine.length > 0 ? clicks / mine.length : null);
          const people = new Set(mine.map((row) => dataset.columns[1]![row]!).filter((id) => id > 0));
          expect(told.users).toBe(people.size);
          dataset.scenarios.forEach((__, t) => {
            const others = new Set(
              rows.filter((row) => dataset.scenario[row] === t).map((row) => dataset.columns[1]![row]!),
            );
            const both = [...people].filter((id) => others.has(id)).length;
            const share = people.size > 0 ? Math.fround(both / people.size) : 0;
            expect(statistics.userOverlap![s * dataset.scenarios.length + t]).toBe(share);
          });
        });
        statistics.fields.forEach((field, f) => {
          const used = new Set(dataset.columns[f]);
          expect(field.used).toBe(used.size);
          expect(field.largest).toBeGreaterThanOrEqual(1 / used.size - 1e-12);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('finds the id fields by name, else by size', async () => {
    const dataset = await tinyDataset();
    expect(dataset.fields[idField(dataset, 'user')!]!.name).toBe('user_id');
    expect(dataset.fields[idField(dataset, 'item')!]!.name).toBe('item_id');
    const unnamed = { fields: dataset.fields.map((field, f) => ({ ...field, name: `f${f}` })) };
    expect(unnamed.fields[idField(unnamed, 'user')!]!.size).toBe(151);
    expect(idField({ fields: [] }, 'user')).toBeNull();
  });

  test('a page of rows shows labels, and stops at the last row', async () => {
    const dataset = await tinyDataset();
    const { heads, rows } = rowsPage(dataset, dataset.rows - 3, 10);
    expect(rows.map((row) => row.row)).toEqual([dataset.rows - 3, dataset.rows - 2, dataset.rows - 1]);
    for (const row of rows) expect(row.cells.length).toBe(heads.length);
    expect(heads.slice(0, 4)).toEqual(['scenario', 'label', 'split', 'time']);
    expect(['A', 'B', 'C', 'D']).toContain(rows[0]!.cells[0]);
    expect(rows[0]!.cells[heads.indexOf('gender')]).toMatch(/male/);
  });
});
