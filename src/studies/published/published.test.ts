import { describe, expect, it } from 'vitest';
import { models } from '../../models/registry';
import { isTwin, publishedOf, publishedTable } from '.';

const papers = models.filter((model) => model.family === 'paper');

describe.each(papers.map((model) => [model.id, model] as const))('what %s’s paper prints', (id, model) => {
  const published = publishedOf(id)!;
  const named = (table: string) => model.variants.filter((one) => one.table === table).map((one) => one.name);

  it('names only variants that the model has, under the table that they have it from', () => {
    for (const { table, rows, reference } of published.tables) {
      const names = named(table);
      expect(names, table).toContain(reference);
      for (const row of rows) expect(names, table).toContain(row.variant);
      expect(
        rows.map((row) => row.variant),
        table,
      ).toContain(reference);
    }
    for (const { table, above, below } of published.statements)
      expect(named(table), table).toEqual(expect.arrayContaining([above, below]));
  });

  it('gives an AUC a column, and for each column the metric that answers to it', () => {
    for (const { columns, rows } of published.tables) {
      for (const { values } of rows) {
        expect(values).toHaveLength(columns.length);
        for (const value of values) {
          if (value === null) continue;
          expect(value).toBeGreaterThan(0.5);
          expect(value).toBeLessThan(1);
        }
      }
      for (const { rank, scenario, overall } of columns)
        expect([rank, scenario, overall].filter((one) => one !== undefined)).toHaveLength(1);
    }
  });
});

describe('numbers quoted', () => {
  it('are those of the papers', () => {
    const row = (model: string, table: string, variant: string, dataset = '') =>
      publishedTable(model, table, dataset)?.rows.find((one) => one.variant === variant)?.values;
    expect(row('causalint', 'Table 5', 'w/o orth')).toEqual([0.6182, 0.6137, 0.5798]);
    expect(row('mscan', 'Table 2', 'w/o SACA, w/o SBE', 'cloudtheme-355')).toEqual([0.7477]);
    expect(row('mscan', 'Table 2', 'w/o SACA, w/o SBE', 'aliccp-3')).toEqual([0.6573]);
    expect(row('optmsm', 'Table 6', 'w/o constraint')).toEqual([0.7277, 0.7263, 0.7301, 0.7108]);
    expect(row('sarnet', 'Table 6', '3 expert layers')).toEqual([0.6956]);
    expect(publishedOf('mmoe')).toBeNull();
  });

  it('belong to their twin and to worlds made from it, not to another twin with a longer name', () => {
    expect(isTwin('aliccp-3', 'aliccp-3')).toBe(true);
    expect(isTwin('aliccp-3-medium-seed2', 'aliccp-3')).toBe(true);
    expect(isTwin('aliccp-30', 'aliccp-3')).toBe(false);
  });
});
