/** Scored rows as a file, so that every number made of them can be computed again elsewhere. */
import { csvText } from '../../../data/csv';
import type { ScoredRows } from '../../../workers/protocol';
import { download } from '../../figure/export';

/** One line a row: its number, scenario index, label, weight, true click probability (empty where unknown), score, probability and the model's own columns; one of several values a row is `name_0`, `name_1` and so on. */
export function scoredCsv(rows: ScoredRows): string {
  const own = Object.entries(rows.columns).flatMap(([name, values]) => {
    const width = values.length / Math.max(1, rows.rows.length);
    return Array.from({ length: width }, (_, c) => ({
      name: width === 1 ? name : `${name}_${c}`,
      at: (k: number) => values[k * width + c],
    }));
  });
  const head = [
    'row',
    'scenario',
    'label',
    'weight',
    'truth',
    'score',
    'probability',
    ...own.map(({ name }) => name),
  ];
  const lines = Array.from(rows.rows, (row, k) => [
    row,
    rows.scenario[k]!,
    rows.label[k]!,
    rows.weight[k]!,
    rows.truth ? rows.truth[k]! : null,
    rows.score[k]!,
    rows.probability[k]!,
    ...own.map(({ at }) => at(k)!),
  ]);
  return csvText(head, lines, '\n');
}

/** Gives a person the rows as a file. */
export function saveScored(rows: ScoredRows): void {
  download('scenarium-scored-rows.csv', scoredCsv(rows), 'text/csv');
}
