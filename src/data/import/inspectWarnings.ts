import { beyondInt32Notice, oneUserNotice, roundedNotice } from './checks';
import { counted, ImportError, notice, type Notice } from './errors';
import { columnOfRole, type ImportRole, type Mapping } from './mapping';
import type { ColumnProfile } from './profile';
import type { Proposal } from './propose';
import { readScenarios } from './scenarios';
import { byTime, tellCoarseTimes } from './splitRows';
import { findColumn, type Table, type TextColumn } from './table';
import { readTimes } from './times';
import { readWeights } from './weights';

/** Adds to `warnings` what a person should know before they import. */
export function pushWarnings(
  profiles: readonly ColumnProfile[],
  proposals: ReadonlyMap<string, Proposal>,
  ids: { readonly user: string | null },
  table: Table,
  mapping: Mapping,
  warnings: Notice[],
): void {
  const holder = (role: ImportRole): ColumnProfile | undefined =>
    profiles.find((profile) => proposals.get(profile.name)!.role === role);
  const label = holder('label');
  if (!label) {
    warnings.push(
      notice(
        'noLabel',
        `None of ${counted(profiles.length, 'column')} looks like a label; choose the column that says whether a row was clicked, bought or liked.`,
      ),
    );
  } else if (label.distinct === 2 && mapping.label.threshold !== null) {
    const { threshold } = mapping.label;
    const sentence = `Column “${label.name}” holds two labels, ${label.min} and ${label.max}; ${label.max} counts as positive (${threshold} and above).`;
    warnings.push(notice('twoLabels', sentence, { column: label.name }));
  } else if (label.distinct < 2) {
    warnings.push(
      notice(
        'oneClass',
        `All labels in column “${label.name}” are the same, so there is nothing to tell apart; choose another label.`,
        { column: label.name },
      ),
    );
  }
  const scenario = holder('scenario');
  if (!scenario)
    warnings.push(
      notice('noScenario', 'No column looks like a scenario; choose one, or all rows count as one scenario.'),
    );
  else if (scenario.distinct === 1) {
    warnings.push(
      notice(
        'oneScenario',
        `Column “${scenario.name}” holds one scenario only (${scenario.examples[0]}); models train, but there is nothing to share between scenarios.`,
        { column: scenario.name },
      ),
    );
  }
  if (!holder('time') && !holder('split')) {
    const sentence =
      'No column looks like the time of a row, so rows will be split at random; choose one if there is one.';
    warnings.push(notice('noTimeOrder', sentence));
  }
  tellTimes(table, mapping, warnings);
  tellWeights(table, mapping, warnings);
  for (const profile of profiles) {
    if (
      profile.beyondInt32Line === null ||
      proposals.get(profile.name)!.role === 'ignore' ||
      proposals.get(profile.name)!.role === 'time'
    )
      continue;
    warnings.push(beyondInt32Notice(profile.name, profile.beyondInt32Line));
  }
  for (const { name, roundedLine } of profiles) {
    if (roundedLine !== null && proposals.get(name)!.role !== 'ignore')
      warnings.push(roundedNotice(name, roundedLine));
  }
  const user = ids.user === null ? undefined : profiles.find((profile) => profile.name === ids.user);
  if (user?.distinct === 1 && user.missing === 0) warnings.push(oneUserNotice(user.name, table.lines[0]!));
}

const allRows = (table: Table): Int32Array => Int32Array.from({ length: table.rows }, (_, row) => row);

function columnOf(table: Table, mapping: Mapping, role: ImportRole): TextColumn | null {
  const mapped = columnOfRole(mapping, role);
  return mapped && findColumn(table, mapped.column);
}

/** What the proposed time and the split by it will have to say. */
function tellTimes(table: Table, mapping: Mapping, warnings: Notice[]): void {
  const column = columnOf(table, mapping, 'time');
  if (!column) return;
  const orders = columnOfRole(mapping, 'split') === null;
  try {
    const time = readTimes(table, column, mapping.time.unit, allRows(table), orders, warnings);
    if (!time || !orders) return;
    const split = byTime(time.rows, time.seconds, mapping.split);
    tellCoarseTimes(time.rows, time.seconds, split, mapping.split, warnings);
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    warnings.push(notice(error.code, error.sentence, error));
  }
}

function tellWeights(table: Table, mapping: Mapping, warnings: Notice[]): void {
  const column = columnOf(table, mapping, 'weight');
  if (!column) return;
  const rows = allRows(table);
  // What scenarios have to say themselves is said elsewhere.
  const scenarios = readScenarios(table, columnOf(table, mapping, 'scenario'), mapping.scenario, rows, []);
  readWeights(table, column, rows, scenarios, warnings);
}
