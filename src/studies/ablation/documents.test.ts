import { describe, expect, it } from 'vitest';
import { escapeLatex, toLatex, toMarkdown, toTable } from './documents';
import type { AblationCell, Section } from './sections';

const cell: AblationCell = {
  spread: { count: 3, mean: 0.61954, deviation: 0.00121, halfWidth: 0.003 },
  missing: null,
  difference: -0.0031,
  p: 0.004,
  printed: 0.6182,
  printedDifference: -0.0013,
  direction: 'agrees',
};
const section: Section = {
  id: 'Table 5',
  title: 'one_task less',
  columns: [{ key: 's1', label: 'S1', of: () => null, ceiling: () => null, printed: '#1' }],
  rows: [
    { name: 'w/o orth', printed: null, reference: false, asked: true, seeds: 3, cells: [cell] },
    {
      name: 'SRM',
      printed: null,
      reference: true,
      asked: true,
      seeds: 3,
      cells: [{ ...cell, difference: null, printedDifference: null, direction: null, printed: 0.6195 }],
    },
  ],
  source: 'CausalInt, KDD 2022, Table 5 (Ali-CCP)',
  note: null,
  stated: [],
};

describe('an ablation’s table as a document', () => {
  it('is Markdown with the paper’s numbers beside', () => {
    const lines = toMarkdown(section, 'CausalInt', 'Ali-CCP (simulated)').split('\n');
    expect(lines[0]).toBe('| variant | S1 | paper #1 |');
    expect(lines[1]).toBe('| --- | ---: | ---: |');
    expect(lines[2]).toBe('| w/o orth | 0.6195 ± 0.0012 (−0.0031\\*\\*) | 0.6182 (−0.0013) |');
    expect(lines[3]).toBe('| SRM (reference) | 0.6195 ± 0.0012 | 0.6195 |');
    expect(lines.join('\n')).toContain('simulated');
  });

  it('is LaTeX whose special characters are set as they read', () => {
    const text = toLatex(section, 'CausalInt', 'Ali-CCP (simulated)');
    expect(text).toContain('\\begin{tabular}{lrr}');
    expect(text).toContain('w/o orth & 0.6195 $\\pm$ 0.0012 ($-$0.0031$^{**}$) & 0.6182 ($-$0.0013) \\\\');
    expect(text).toContain('paper \\#1');
    expect(text).toContain('one\\_task');
    expect(escapeLatex('50 % & {x}~^\\')).toBe(
      '50 \\% \\& \\{x\\}\\textasciitilde{}\\textasciicircum{}\\textbackslash{}',
    );
  });

  it('is a long table of numbers', () => {
    const table = toTable(section);
    expect(table.columns).toHaveLength(2 + 7);
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
    expect(table.rows[0]).toEqual([
      'w/o orth',
      3,
      0.61954,
      0.00121,
      -0.0031,
      0.004,
      0.6182,
      -0.0013,
      'agrees',
    ]);
  });
});
