import { shortened } from '../shortened';
import type { Scenario } from '../dataset';
import { counted, ImportError, notice, type Notice } from './errors';
import type { Mapping } from './mapping';
import type { Table, TextColumn } from './table';
import { canonical, isMissing, parseNumber } from './values';
import { formatCount } from '../count';

/** `Dataset.scenario` is 16 bits wide. */
const mostScenarios = 32_766;

export interface ScenarioColumn {
  /** Scenario index by table row. */
  readonly index: Int32Array;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  /** Index of a value of the scenario column; -1 where no row holds it. */
  readonly indexOf: (value: string) => number;
}

/**
 * Scenarios of a file, in numeric or alphabetic order. Rows without a value form a scenario of their own, so that no row is lost;
 * without a scenario column all rows are one scenario.
 *
 * @throws ImportError `tooManyScenarios`.
 */
export function readScenarios(
  table: Table,
  column: TextColumn | null,
  mapping: Mapping['scenario'],
  rows: Int32Array,
  notices: Notice[],
): ScenarioColumn {
  if (!column) {
    notices.push(
      notice(
        'noScenario',
        'No column is the scenario, so all rows count as one scenario; there is nothing to share between scenarios.',
      ),
    );
    return { index: new Int32Array(table.rows), ids: ['all'], names: ['all rows'], indexOf: () => -1 };
  }
  const nameless = 'missing';
  const ofCode = column.values.map((text) => {
    const value = isMissing(text) ? nameless : canonical(text);
    return mapping.groups?.[value] ?? value;
  });
  const used = new Set<string>();
  let withoutValue = 0;
  let firstWithout = -1;
  for (const row of rows) {
    const code = column.codes[row]!;
    used.add(ofCode[code]!);
    if (isMissing(column.values[code]!) && withoutValue++ === 0) firstWithout = row;
  }
  const ids = [...used].sort(byNumberThenText);
  if (ids.length > mostScenarios) {
    throw new ImportError(
      'tooManyScenarios',
      `Column “${column.name}” holds ${counted(ids.length, 'scenario')}, more than ${formatCount(mostScenarios)}; choose a column with fewer values.`,
      { column: column.name },
    );
  }
  if (withoutValue > 0) {
    const line = table.lines[firstWithout]!;
    notices.push(
      notice(
        'missingScenario',
        `${counted(withoutValue, 'row')} ${withoutValue === 1 ? 'has' : 'have'} no scenario in column “${column.name}” (first: line ${line}); they form the scenario “${nameless}”.`,
        {
          column: column.name,
          line,
        },
      ),
    );
  }
  if (ids.length === 1) {
    notices.push(
      notice(
        'oneScenario',
        `Column “${column.name}” holds one scenario only (${shortened(ids[0]!)}); models train, but there is nothing to share between scenarios.`,
        {
          column: column.name,
          line: table.lines[rows[0]!] ?? null,
        },
      ),
    );
  }
  const place = new Map(ids.map((id, index) => [id, index]));
  const index = Int32Array.from(ofCode, (value) => place.get(value) ?? 0);
  return {
    index: Int32Array.from(column.codes, (code) => index[code]!),
    ids,
    names: ids,
    indexOf: (value) => place.get(mapping.groups?.[canonical(value)] ?? canonical(value)) ?? -1,
  };
}

function byNumberThenText(a: string, b: string): number {
  const x = parseNumber(a);
  const y = parseNumber(b);
  if (x !== null && y !== null) return x - y || (a < b ? -1 : 1);
  if (x !== null || y !== null) return x !== null ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Scenarios as a dataset lists them. @param index scenario index by dataset row. */
export function describeScenarios(
  column: ScenarioColumn,
  index: Int16Array,
  label: Float32Array,
): Scenario[] {
  const rows = new Float64Array(column.ids.length);
  const clicks = new Float64Array(column.ids.length);
  index.forEach((s, row) => {
    rows[s]!++;
    clicks[s]! += label[row]!;
  });
  return column.ids.map((id, s) => ({
    id,
    name: column.names[s]!,
    group: null,
    share: index.length > 0 ? rows[s]! / index.length : 0,
    clickRate: rows[s]! > 0 ? clicks[s]! / rows[s]! : 0,
  }));
}
