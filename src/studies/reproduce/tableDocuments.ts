/** A paper's table with ours beside it, as numbers and as LaTeX. */
import { formatSigned } from '../format';
import { latexText } from './documents';
import type { PaperTable } from './paperTables';

/** One row a row, twelve columns a printed column; seconds of training, microseconds of scoring a row. */
export function tableNumbers({ columns, rows }: PaperTable): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
} {
  return {
    columns: [
      'row',
      'seeds',
      'seconds',
      'inference',
      'parameters',
      ...columns.flatMap((column) =>
        [
          'printed',
          'printed difference',
          'ours',
          'deviation',
          'difference',
          'low',
          'high',
          'p',
          'verdict',
          'RelaImpr printed',
          'RelaImpr',
          'RelaImpr as a ratio',
        ].map((what) => `${column}: ${what}`),
      ),
    ],
    rows: rows.map(({ name, seeds, seconds, inference, parameters, cells }) => [
      name,
      seeds,
      seconds,
      inference,
      parameters,
      ...cells.flatMap((cell) => [
        cell.printed,
        cell.printedDifference,
        cell.ours?.mean ?? null,
        cell.ours?.deviation ?? null,
        cell.difference,
        cell.interval?.[0] ?? null,
        cell.interval?.[1] ?? null,
        cell.p,
        cell.verdict,
        cell.relaImpr?.printed ?? null,
        cell.relaImpr?.half ?? null,
        cell.relaImpr?.ratio ?? null,
      ]),
    ]),
  };
}

const figure = (value: number | null | undefined) =>
  value === null || value === undefined ? '--' : value.toFixed(4);

/** `booktabs` table: printed, ours, difference for each printed column. */
export function tableLatex({ columns, rows }: PaperTable, title: string): string {
  const lines = rows.map(({ name, cells }) => {
    const texts = cells.flatMap(({ printed, ours, difference }) => [
      figure(printed),
      figure(ours?.mean),
      difference === null ? '--' : latexText(formatSigned(difference)),
    ]);
    return `${[latexText(name), ...texts].join(' & ')} \\\\`;
  });
  const heads = columns.map((column) => `\\multicolumn{3}{c}{${latexText(column)}}`);
  return [
    '% needs \\usepackage{booktabs}',
    `% ${title}; ours on simulated data`,
    `\\begin{tabular}{l${'rrr'.repeat(columns.length)}}`,
    '\\toprule',
    `Row & ${heads.join(' & ')} \\\\`,
    `& ${columns.map(() => 'printed & ours & $\\Delta$').join(' & ')} \\\\`,
    '\\midrule',
    ...lines,
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');
}
