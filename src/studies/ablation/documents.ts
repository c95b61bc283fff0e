/** An ablation's table for a paper or a page: Markdown and LaTeX, and the long table of its numbers. */
import { formatAuc, formatSigned, formatSpread, significanceStars } from '../format';
import { markdownTable } from '../markdown';
import type { AblationCell, ResultRow, Section } from './sections';

function seedsOf(section: Section): string {
  const seeds = Math.max(0, ...section.rows.map((row) => row.seeds));
  return seeds === 1 ? '1 seed' : `${seeds} seeds`;
}

/** What the table is, in one line; simulated data says so by its dataset's title. */
function caption(section: Section, model: string, dataset: string): string {
  const what = section.id === 'switches' ? section.title : `${section.id}. ${section.title}`;
  return `${model}: ${what}. AUC on ${dataset}, mean ± standard deviation over ${seedsOf(section)}; in brackets the difference from the reference (* p < 0.05, ** < 0.01, *** < 0.001, paired).`;
}

/** Cell as text: `0.6195 ± 0.0012 (−0.0031**)`. */
function cellText(cell: AblationCell): string {
  if (!cell.spread) return cell.missing ?? 'undefined';
  const own = formatSpread(cell.spread);
  return cell.difference === null
    ? own
    : `${own} (${formatSigned(cell.difference)}${significanceStars(cell.p)})`;
}

function printedText(cell: AblationCell): string {
  if (cell.printedDifference === null) return cell.printed === null ? '' : formatAuc(cell.printed);
  const difference = formatSigned(cell.printedDifference);
  return cell.printed === null ? difference : `${formatAuc(cell.printed)} (${difference})`;
}

/** Columns with the paper's beside those that it prints. */
function grid(section: Section): { readonly head: string[]; readonly rows: string[][] } {
  const quoted = section.columns.map((_, c) =>
    section.rows.some((row) => row.cells[c]!.printed !== null || row.cells[c]!.printedDifference !== null),
  );
  const line = (row: ResultRow) =>
    row.cells.flatMap((cell, c) => [
      row.asked ? cellText(cell) : 'not trained',
      ...(quoted[c] ? [printedText(cell)] : []),
    ]);
  return {
    head: [
      'variant',
      ...section.columns.flatMap(({ label, printed }, c) => [
        label,
        ...(quoted[c] ? [`paper${printed === null ? '' : ` ${printed}`}`] : []),
      ]),
    ],
    rows: section.rows.map((row) => [row.reference ? `${row.name} (reference)` : row.name, ...line(row)]),
  };
}

export function toMarkdown(section: Section, model: string, dataset: string): string {
  const { head, rows } = grid(section);
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('*', '\\*');
  return [
    markdownTable(
      head.map(cell),
      rows.map((row) => row.map(cell)),
    ),
    '',
    cell(caption(section, model, dataset)),
    ...(section.source === null ? [] : ['', cell(`Beside it: ${section.source}.`)]),
    '',
  ].join('\n');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '−': '$-$',
  '<': '$<$',
  '–': '--',
};

/** Text that LaTeX sets as it reads here. */
export function escapeLatex(text: string): string {
  return text
    .replace(/[\\&%$#_{}~^±−<–]/g, (character) => LATEX[character] ?? character)
    .replace(/\*+/g, (marks) => `$^{${marks}}$`);
}

/** A `table` with booktabs rules. */
export function toLatex(section: Section, model: string, dataset: string): string {
  const { head, rows } = grid(section);
  const line = (cells: readonly string[]) => `${cells.map(escapeLatex).join(' & ')} \\\\`;
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    '\\centering',
    `\\caption{${escapeLatex(caption(section, model, dataset))}${section.source === null ? '' : ` Beside it: ${escapeLatex(section.source)}.`}}`,
    `\\begin{tabular}{l${'r'.repeat(head.length - 1)}}`,
    '\\toprule',
    line(head),
    '\\midrule',
    ...rows.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** The table as it is read, for a picture of it. */
export function toPrinted(section: Section): NumberTable {
  const { head, rows } = grid(section);
  return { columns: head, rows };
}

export interface NumberTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** One row a variant, everything that a cell holds in columns of its own. */
export function toTable(section: Section): NumberTable {
  return {
    columns: [
      'variant',
      'seeds',
      ...section.columns.flatMap(({ label }) => [
        label,
        `${label}: spread`,
        `${label}: difference`,
        `${label}: p`,
        `${label}: paper`,
        `${label}: paper difference`,
        `${label}: direction`,
      ]),
    ],
    rows: section.rows.map((row) => [
      row.name,
      row.seeds,
      ...row.cells.flatMap((cell) => [
        cell.spread?.mean ?? (cell.missing === 'too few' ? cell.missing : null),
        cell.spread?.deviation ?? null,
        cell.difference,
        cell.p,
        cell.printed,
        cell.printedDifference,
        cell.direction,
      ]),
    ]),
  };
}
