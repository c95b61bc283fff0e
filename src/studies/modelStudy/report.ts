/** The text of a study in a model's page: how it was trained, then its tables. */
import type { RunMetrics } from '../columns';
import { aucTable, pairedTable, wayTable } from './table';
import type { RowResult } from './table';

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Markdown; the first row is the model that others are compared with. */
export function studyReport(results: readonly RowResult[], scenarios: RunMetrics['scenarios']): string {
  const reference = results[0];
  const cell = reference?.cells[0];
  if (!reference || !cell) throw new RangeError('A study without a trained row has nothing to report.');
  const seeds = reference.cells.length;
  const { dataset, training } = cell.setup;
  const { steps, batch, learningRate, l2, stopMetric, patience } = training;
  const best = results.map(
    ({ row, cells }) => `${row.name} ${median(cells.map(({ bestStep }) => bestStep))}`,
  );
  const parts = [
    `\`${dataset}\` (simulated), ${seeds} seed${seeds === 1 ? '' : 's'}, at most ${steps} steps of ${batch} rows, learning rate ` +
      `${learningRate}, L2 ${l2}, best weights by ${stopMetric} on the validation rows (patience ${patience}), metrics on all test rows: ` +
      `mean ± standard deviation over seeds. Median best step: ${best.join(', ')}.`,
  ];
  if (cell.ceilings.domain !== null) {
    parts.push('Noise-free AUC:', aucTable(results, scenarios, 'noiseFree'));
    parts.push('Share of the way from 0.5 to the ceiling:', wayTable(results, scenarios));
    const paired = pairedTable(results, scenarios);
    if (paired) {
      parts.push(
        `Difference in noise-free AUC from ${reference.row.name}, paired over seeds (seeds in which the row is better):`,
        paired,
      );
    }
  }
  parts.push('AUC on drawn clicks:', aucTable(results, scenarios, 'drawn'));
  return parts.join('\n\n');
}
