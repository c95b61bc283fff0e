import { SPLIT, type Scenario } from '../dataset';
import type { BuildContext } from './buildContext';
import { shortened } from '../shortened';
import { ImportError, listed, notice, type Notice } from './errors';
import type { ColumnMapping } from './mapping';
import { isBeyondInt32, isRounded } from './values';

const splitNames = ['training', 'validation', 'test'] as const;

/**
 * What the finished rows lack: evaluation rows, a class in training (an error), scenarios without rows or without positives in a
 * split (kept; their AUC there is undefined).
 *
 * @throws ImportError `emptySplit`, `oneClass`.
 */
export function checkRows(
  scenarios: readonly Scenario[],
  scenarioColumn: string | null,
  labelColumn: string,
  data: { readonly scenario: Int16Array; readonly label: Float32Array; readonly split: Uint8Array },
  notices: Notice[],
): void {
  const n = scenarios.length;
  const rows = new Float64Array(3 * n);
  const positives = new Float64Array(3 * n);
  data.split.forEach((split, row) => {
    rows[split * n + data.scenario[row]!]!++;
    if (data.label[row] === 1) positives[split * n + data.scenario[row]!]!++;
  });
  const total = (counts: Float64Array, split: number): number =>
    counts.subarray(split * n, split * n + n).reduce((a, b) => a + b, 0);
  if (total(rows, SPLIT.train) === 0) {
    throw new ImportError(
      'emptySplit',
      'No rows are left for training; choose a file with more rows or another split.',
    );
  }
  const trained = total(positives, SPLIT.train);
  if (trained === 0 || trained === total(rows, SPLIT.train)) {
    throw new ImportError(
      'oneClass',
      `The training rows hold only ${trained === 0 ? 'negative' : 'positive'} labels in column “${labelColumn}”, so there is nothing to learn; choose another split or label.`,
      { column: labelColumn },
    );
  }
  for (const split of [SPLIT.validation, SPLIT.test]) {
    if (total(rows, split) === 0)
      notices.push(
        notice('emptySplit', `No rows are left for ${splitNames[split]}; its metrics stay undefined.`),
      );
  }
  const place = { column: scenarioColumn };
  const which = (test: (s: number) => boolean): string[] =>
    scenarios.filter((_, s) => test(s)).map((scenario) => `“${shortened(scenario.name, 40)}”`);
  const untrained = which((s) => rows[s] === 0);
  if (untrained.length > 0) {
    notices.push(
      notice(
        'scenarioOutsideTraining',
        `${scenarioWord(untrained)} ${listed(untrained)} ${have(untrained)} no training rows; models have never seen ${untrained.length === 1 ? 'it' : 'them'} when they are evaluated.`,
        place,
      ),
    );
  }
  for (const split of [SPLIT.train, SPLIT.validation, SPLIT.test]) {
    const without = which((s) => rows[split * n + s]! > 0 && positives[split * n + s] === 0);
    if (without.length === 0) continue;
    const consequence =
      split === SPLIT.train ? 'they are kept' : 'they are kept, and their AUC there is undefined';
    notices.push(
      notice(
        'noPositives',
        `${scenarioWord(without)} ${listed(without)} ${have(without)} no positive row in ${splitNames[split]}: ${without.length === 1 ? consequence.replace('they are', 'it is').replace('their', 'its') : consequence}.`,
        place,
      ),
    );
  }
}

function scenarioWord(names: readonly string[]): string {
  return names.length === 1 ? 'Scenario' : 'Scenarios';
}

function have(names: readonly string[]): string {
  return names.length === 1 ? 'has' : 'have';
}

/** Ids that a 32-bit table could not hold as they are, and ids that are not there. */
export function checkIds(context: BuildContext, features: readonly ColumnMapping[]): void {
  const { mapping, notices, table } = context;
  for (const feature of features) {
    if (feature.role === 'numeric' || feature.role === 'sequence') continue;
    const source = context.column(feature.column);
    const lineOf = (code: number): number => table.lines[source.codes.indexOf(code)]!;
    const beyond = source.values.findIndex(isBeyondInt32);
    if (beyond >= 0) notices.push(beyondInt32Notice(feature.column, lineOf(beyond)));
    const rounded = source.values.findIndex(isRounded);
    if (rounded >= 0) notices.push(roundedNotice(feature.column, lineOf(rounded)));
  }
  const has = (name: string | null): boolean => features.some((feature) => feature.column === name);
  if (!has(mapping.userId)) {
    notices.push(
      notice('noUser', 'No column is the user’s id, so users are known by their other columns only.'),
    );
  }
  if (!has(mapping.itemId)) {
    notices.push(
      notice('noItem', 'No column is the item’s id, so items are known by their other columns only.'),
    );
  }
}

export function beyondInt32Notice(column: string, line: number): Notice {
  return notice(
    'beyondInt32',
    `Column “${column}” holds ids beyond 32 bits (first: line ${line}); they are told apart as text, so no digit is lost.`,
    { column, line },
  );
}

export function roundedNotice(column: string, line: number): Notice {
  return notice(
    'roundedIds',
    `Column “${column}” holds ids that a spreadsheet rounded (first: line ${line}), so several may have become one; save it again with that column as text.`,
    { column, line },
  );
}

/** Tells where all rows are of one user. */
export function checkUsers(context: BuildContext, rows: Int32Array): void {
  const { mapping, notices, table } = context;
  if (mapping.userId === null) return;
  const users = context.column(mapping.userId);
  const first = users.codes[rows[0]!];
  if (rows.every((row) => users.codes[row] === first)) {
    notices.push(oneUserNotice(mapping.userId, table.lines[rows[0]!]!));
  }
}

export function oneUserNotice(column: string, line: number): Notice {
  return notice(
    'oneUser',
    `Column “${column}” holds one user only (from line ${line} on); models train, but learn nothing about users.`,
    { column, line },
  );
}
