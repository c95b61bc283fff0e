/** Which of a mapping's sequence columns is the history, and which only describe it. */
import type { BuildContext } from './buildContext';
import { ImportError, notice } from './errors';
import type { ColumnMapping } from './mapping';

/**
 * The list column that is the row's behaviours; null where behaviours are made from the log, or not at all.
 *
 * @throws ImportError `badMapping` where two columns claim it.
 */
export function historyColumn(
  context: BuildContext,
  features: readonly ColumnMapping[],
): ColumnMapping | null {
  const { mapping } = context;
  if (mapping.history.from === 'log' || mapping.history.from === 'none') return null;
  const marked = features.filter((feature) => feature.role === 'sequence' && feature.use === 'history');
  const [first, second] = marked;
  if (first && second) {
    throw new ImportError(
      'badMapping',
      `Columns “${first.column}” and “${second.column}” are both the history; there can be one, so keep only the length of the other.`,
      { column: second.column },
    );
  }
  if (!first && mapping.history.from === 'sequence') {
    throw new ImportError(
      'badMapping',
      'The mapping takes the history from a sequence, but no sequence column is marked as the history; mark one.',
    );
  }
  if (!first) return null;
  // Behaviours are spelled in the item's vocabulary; without it only their number says something.
  if (features.some((feature) => feature.column === mapping.itemId)) return first;
  context.notices.push(
    notice(
      'history',
      `Column “${first.column}” lists items, but no column is the item’s id, so only the length of its lists is used.`,
      { column: first.column },
    ),
  );
  return null;
}

/** Columns that only describe the behaviours of another column become no fields of their own. */
export function describesHistory(feature: ColumnMapping): boolean {
  return (
    feature.role === 'sequence' &&
    (feature.use ?? 'length').startsWith('history') &&
    feature.use !== 'history'
  );
}
