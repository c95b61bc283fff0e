import { describe, expect, it } from 'vitest';
import type { PrintedTable } from '../claims';
import type { StoredStudy } from '../evidence/format';
import { bestPrinted, paperTable, tunedRows, worldsOfTable } from './paperTables';
import { tableLatex, tableNumbers } from './tableDocuments';
import { madeUpStudy } from './testing';

const study = madeUpStudy();

const printed: PrintedTable = {
  id: 'table-5',
  table: 'Table 5',
  title: 'What is done',
  dataset: 'Alibaba travel',
  twin: 'travel-20',
  world: 'promotion-6',
  metric: 'noiseFreeAuc',
  columns: [{ label: 'Overall', of: 'overall' }],
  rows: [
    { printed: 'nothing', variant: 'sarnet:plain', values: [0.69] },
    { printed: 'another lab’s', variant: null, values: [0.68] },
    { printed: 'all & more', variant: 'sarnet:full', values: [0.7] },
  ],
};

describe('a printed table', () => {
  it('stands as printed where nothing is stored', () => {
    const table = paperTable(printed, null, null);
    expect(table.rows.map(({ cells }) => cells[0]?.printed)).toEqual([0.69, 0.68, 0.7]);
    expect(table.rows.every(({ cells }) => cells.every(({ verdict }) => verdict === 'not run'))).toBe(true);
  });

  it('is compared with its best row; directions are told, differences have intervals', () => {
    expect(bestPrinted(printed)).toBe(2);
    const world = worldsOfTable(study, printed)[0]!;
    expect(world.dose).toBe(0.6);
    const { rows: ours, reference } = paperTable(printed, study, world);
    expect(reference).toBe(2);
    const [cell] = ours[0]!.cells;
    expect(cell?.verdict).toBe('agrees');
    expect(cell?.printedDifference).toBeCloseTo(-0.01, 12);
    expect(cell!.interval![0] < cell!.difference! && cell!.difference! < cell!.interval![1]).toBe(true);
    expect(ours.map(({ seeds }) => seeds)).toEqual([5, 0, 5]);
    expect(ours[2]!.cells[0]?.verdict).toBe('reference');
    expect(ours[1]!.cells[0]?.verdict).toBe('not run');
  });

  it('has one column for its mean where no scenario here answers to a printed one', () => {
    const other = { ...printed, columns: [{ label: 'NL', of: 'nl' }] };
    const view = paperTable(other, study, study.worlds[2]!);
    expect(view.columns).toEqual(['Mean']);
    expect(view.rows[0]!.cells[0]?.ours?.count).toBe(5);
  });

  it('stands with tuned rows, or with rows as they come, never with both', () => {
    const world = study.worlds[2]!;
    const tuned = { of: 'sarnet:full', world: world.id, seed: 9, losses: [0.5, 0.4], best: 1 };
    const id = `sarnet:full~${world.id}`;
    const both: StoredStudy = {
      ...study,
      variants: [...study.variants, { ...study.variants[0]!, id, tuned }],
      cells: [
        ...study.cells,
        ...study.cells
          .filter((cell) => cell.world === world.id && cell.variant === 'sarnet:full')
          .map((cell) => ({ ...cell, variant: id, seconds: 7 })),
      ],
    };
    expect(tunedRows(both, printed, world)).toEqual({ some: true, all: false });
    expect(tunedRows(study, printed, world)).toEqual({ some: false, all: false });
    expect(paperTable(printed, both, world)).toEqual(paperTable(printed, study, world));
    const apart = paperTable(printed, both, world, undefined, true);
    expect(apart.rows.map(({ seeds, draws, seconds }) => [seeds, draws, seconds])).toEqual([
      [0, null, null],
      [0, null, null],
      [5, 2, 7],
    ]);
    expect(worldsOfTable({ ...both, cells: both.cells.slice(-5) }, printed)).toEqual([world]);
    // The row that others are held against has no budget here: five seeds of another are not one seed.
    const plain = { ...tuned, of: 'sarnet:plain' };
    const base: StoredStudy = {
      ...both,
      variants: both.variants.map((one) =>
        one.id === id ? { ...one, id: `sarnet:plain~${world.id}`, tuned: plain } : one,
      ),
      cells: both.cells.map((cell) =>
        cell.variant === id ? { ...cell, variant: `sarnet:plain~${world.id}` } : cell,
      ),
    };
    const alone = paperTable(printed, base, world, undefined, true).rows.map(({ cells }) => cells[0]);
    expect(alone[0]).toMatchObject({ verdict: 'reference not run', ours: { count: 5 } });
    expect(alone[2]?.verdict).toBe('not run');
  });

  it('says relative improvement by both formulas against the row that the paper holds it against', () => {
    const world = study.worlds[2]!;
    const relaImpr = { formula: 'auc-half' as const, bases: ['nothing'], values: [[null], [null], [5.26]] };
    const [base, , all] = paperTable({ ...printed, relaImpr }, study, world).rows.map(
      ({ cells }) => cells[0]!,
    );
    expect(all!.relaImpr?.printed).toBeCloseTo(0.0526, 12);
    const [ours, theirs] = [all!.ours!.mean, base!.ours!.mean];
    expect(all!.relaImpr?.half).toBeCloseTo((ours - 0.5) / (theirs - 0.5) - 1, 12);
    expect(all!.relaImpr?.ratio).toBeCloseTo(ours / theirs - 1, 12);
    expect(base!.relaImpr).toEqual({ printed: null, half: null, ratio: null });
    expect(paperTable(printed, study, world).rows[2]!.cells[0]!.relaImpr).toBeNull();
  });

  it('names what of our world stands in a column', () => {
    const columns = [{ label: '#1', of: 'largest' }];
    const view = paperTable({ ...printed, columns }, study, study.worlds[2]!);
    expect([view.columns, view.ours]).toEqual([['#1'], ['Scenario 1']]);
  });

  it('is numbers for a file and a table for LaTeX', () => {
    const view = paperTable(printed, study, study.worlds[2]!);
    const { columns, rows: lines } = tableNumbers(view);
    expect(lines.every((line) => line.length === columns.length)).toBe(true);
    expect(tableLatex(view, 'Table 5')).toContain(String.raw`all \& more & 0.7000 &`);
  });
});
