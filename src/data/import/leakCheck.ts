import type { BuildContext } from './buildContext';
import { notice } from './errors';
import { fieldEvidence, leakAuc, type FieldEvidence } from './leak';
import type { ColumnMapping } from './mapping';
import type { TextColumn } from './table';
import { isMissing, parseNumber } from './values';
import { listEntries } from './vocabulary';

const featureRoles: readonly ColumnMapping['role'][] = ['user', 'item', 'context', 'numeric', 'sequence'];

/** Whether the evidence says that a column gives the label away, and in which words. */
export function leakFinding(
  column: string,
  evidence: FieldEvidence,
  rows = '',
): { readonly code: 'leak' | 'outcome'; readonly sentence: string } | null {
  if (evidence.auc !== null && evidence.auc > leakAuc && evidence.certain) {
    return {
      code: 'leak',
      sentence: `Column “${column}” gives the label away: alone it reaches an AUC of ${evidence.auc.toFixed(4)}${rows}.`,
    };
  }
  if (evidence.outcome) {
    return {
      code: 'outcome',
      sentence: `Column “${column}” is 1 only in positive rows, so it is known only after the click.`,
    };
  }
  return null;
}

/** A sequence is judged by the length of its lists. */
function judged(source: TextColumn, role: ColumnMapping['role']): TextColumn {
  if (role !== 'sequence') return source;
  return { ...source, values: listEntries(source).map((list) => String(list.length)) };
}

/** The columns that models may see: those that give the label away on the training rows are left out, unless they were asked for. */
export async function withoutLeaks(
  context: BuildContext,
  label: Int8Array,
  training: Int32Array,
): Promise<ColumnMapping[]> {
  const { mapping, notices, table } = context;
  const kept: ColumnMapping[] = [];
  const candidates = mapping.columns.filter((c) => featureRoles.includes(c.role) || c.role === 'scenario');
  for (const [index, candidate] of candidates.entries()) {
    await context.step(0.1 + (0.3 * index) / candidates.length);
    const source = judged(context.column(candidate.column), candidate.role);
    const ordered = candidate.role === 'numeric' || mostlyNumbers(source);
    const found = leakFinding(
      candidate.column,
      fieldEvidence(source, ordered, label, training),
      ' on the training rows',
    );
    const isFeature = candidate.role !== 'scenario';
    if (!found) {
      if (isFeature) kept.push(candidate);
      continue;
    }
    const asked = mapping.leaks === 'keep' || candidate.keepLeak === true;
    const fate = !isFeature
      ? 'It stays the scenario; check that this is meant.'
      : asked
        ? 'It is kept, as you asked.'
        : 'It is left out; keep it in the mapping if it is known before the impression.';
    const place = { column: candidate.column, line: table.lines[training[0]!] ?? null };
    notices.push(notice(isFeature && !asked ? found.code : 'leakKept', `${found.sentence} ${fate}`, place));
    if (isFeature && asked) kept.push(candidate);
  }
  return kept;
}

function mostlyNumbers(column: TextColumn): boolean {
  let numbers = 0;
  let filled = 0;
  for (const text of column.values) {
    if (isMissing(text)) continue;
    filled++;
    if (parseNumber(text) !== null) numbers++;
  }
  return filled > 0 && numbers >= 0.98 * filled;
}
