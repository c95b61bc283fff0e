import { shortened } from '../shortened';
import { counted, ImportError, listed, notice, type Notice } from './errors';
import type { Mapping } from './mapping';
import { firstLine } from './profile';
import { countCodes, type Table, type TextColumn } from './table';
import { canonical, isMissing, parseNumber } from './values';

const positiveWords = new Set(['true', 't', 'yes', 'y', 'click', 'clicked', 'pos', 'positive']);
const negativeWords = new Set(['false', 'f', 'no', 'n', 'noclick', 'unclicked', 'neg', 'negative']);

/** 0 or 1 for a text that is a label without a threshold; null else. */
export function binaryLabel(text: string): 0 | 1 | null {
  const value = parseNumber(text);
  if (value === 0 || value === 1) return value;
  const word = text.trim().toLowerCase();
  return positiveWords.has(word) ? 1 : negativeWords.has(word) ? 0 : null;
}

/**
 * The threshold that a numeric label needs: none for 0 and 1, nor for -1 and 1; of two other numbers (1 and 2) the larger; for ratings four fifths of their scale (4 of 5, 8 of 10); for counts
 * that start at 0 (times clicked) one.
 */
export function proposeThreshold(
  name: string,
  min: number | null,
  max: number | null,
  distinct = Infinity,
): number | null {
  if (min === null || max === null) return null;
  if (distinct === 2) return max === 1 && (min === 0 || min === -1) ? null : max;
  if (max <= 1) return null;
  if (min === 0 && !/rat(e|ing)|score|star|overall/i.test(name)) return 1;
  return max <= 5 ? 4 : max <= 10 ? 8 : Math.ceil(max * 0.8);
}

/**
 * Reads the label column: 1, 0, or -1 where a cell says nothing `[rows]`.
 *
 * @throws ImportError `noLabel` where no cell can be read, `labelNotBinary` where a threshold is needed, `oneClass`.
 */
export function readLabels(
  table: Table,
  column: TextColumn,
  mapping: Mapping['label'],
  notices: Notice[],
): Int8Array {
  const ofCode = new Int8Array(column.values.length).fill(-1);
  const numbers: number[] = [];
  let others = 0;
  column.values.forEach((text, code) => {
    if (isMissing(text)) return;
    if (mapping.positive) {
      ofCode[code] = mapping.positive.some((word) => canonical(word) === canonical(text)) ? 1 : 0;
      return;
    }
    const value = parseNumber(text);
    if (value !== null) numbers.push(value);
    if (mapping.threshold !== null) {
      if (value !== null) ofCode[code] = value >= mapping.threshold ? 1 : 0;
      return;
    }
    const label = binaryLabel(text);
    if (label !== null) ofCode[code] = label;
    else others++;
  });
  // -1 and 1 are a common pair of labels too.
  if (
    others === 1 &&
    mapping.threshold === null &&
    numbers.length === 2 &&
    numbers.includes(-1) &&
    numbers.includes(1)
  ) {
    column.values.forEach((text, code) => {
      if (parseNumber(text) === -1) ofCode[code] = 0;
    });
    others = 0;
  }
  const counts = countCodes(column);
  const rows = [0, 0, 0];
  ofCode.forEach((label, code) => {
    rows[label + 1]! += counts[code]!;
  });
  const [unread, negatives, positives] = rows as [number, number, number];
  if (others > 0 && unread > 0.02 * table.rows) {
    const odd = (code: number): boolean => ofCode[code]! < 0 && !isMissing(column.values[code]!);
    const line = firstLine(table, column, odd);
    const examples = column.values.filter((_, code) => odd(code)).slice(0, 3);
    throw new ImportError(
      'labelNotBinary',
      `Column “${column.name}” is not 0 or 1 (it holds ${listed(examples.map((e) => `“${shortened(e)}”`))}, first on line ${line}); say from which number on, or with which word, a row counts as positive.`,
      { column: column.name, line },
    );
  }
  if (negatives + positives === 0) {
    throw new ImportError(
      'noLabel',
      `Column “${column.name}” holds no label in any row; choose another column as the label.`,
      {
        column: column.name,
        line: table.lines[0] ?? null,
      },
    );
  }
  if (negatives === 0 || positives === 0) {
    const only = positives === 0 ? 'negative' : 'positive';
    throw new ImportError(
      'oneClass',
      `All labels in column “${column.name}” are ${only}${mapping.threshold === null ? '' : ` (threshold ${mapping.threshold})`}, so there is nothing to tell apart; choose another label${mapping.threshold === null ? '' : ' or threshold'}.`,
      { column: column.name },
    );
  }
  if (unread > 0) {
    const line = firstLine(table, column, (code) => ofCode[code]! < 0);
    notices.push(
      notice(
        'unreadableLabel',
        `Left out ${counted(unread, 'row')} without a readable label in column “${column.name}” (first: line ${line}).`,
        { column: column.name, line },
      ),
    );
  }
  return Int8Array.from(column.codes, (code) => ofCode[code]!);
}
